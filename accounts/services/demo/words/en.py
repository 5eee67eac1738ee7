"""An English distributor of packaging and supplies for kitchens, hotels and shops."""

from __future__ import annotations

from .vocabulary import City, Family, Note, Person, Position, Segment, Words, listed

FAMILIES = (
    Family(
        "Cups and tableware",
        0.27,
        (
            ("Paper cup 8 oz, 1,000 pcs", 2950),
            ("Double-wall cup 12 oz, 500 pcs", 3480),
            ("Lid 80 mm, 1,000 pcs", 1460),
            ("Sugarcane plate 9 in, 500 pcs", 4120),
            ("Wooden cutlery set, 250 pcs", 1890),
            ("Wooden fork, 1,000 pcs", 1340),
            ("Paper straw 8 mm, 2,500 pcs", 1780),
            ("Wooden stirrer, 5,000 pcs", 1150),
            ("Sauce pot with lid 2 oz, 1,000 pcs", 1990),
            ("Soup bowl 16 oz, 500 pcs", 3560),
        ),
    ),
    Family(
        "Takeaway packaging",
        0.29,
        (
            ("Kraft food box No. 3, 400 pcs", 4380),
            ("Two-compartment lunch box, 300 pcs", 3920),
            ("Pizza box 13 in, 100 pcs", 1980),
            ("Cake box with window 10 in, 50 pcs", 1640),
            ("Burger box, 400 pcs", 2870),
            ("Salad bowl with lid, 400 pcs", 3150),
            ("Sugarcane tray, 500 pcs", 3690),
            ("Sandwich wrap, 1,000 sheets", 1420),
            ("Two-cup carrier, 360 pcs", 2210),
            ("Tamper-proof seal, 1,000 pcs", 690),
        ),
    ),
    Family(
        "Film, foil and baking paper",
        0.18,
        (
            ("Cling film 45 cm, 6 rolls", 2640),
            ("Cling film 30 cm, 6 rolls", 1920),
            ("Aluminium foil 45 cm, 6 rolls", 4870),
            ("Baking parchment 38 cm, 6 rolls", 3120),
            ("Foil tray 1.1 l, 100 pcs", 1730),
            ("Foil tray 2.4 l, 100 pcs", 2480),
            ("Pallet wrap 500 mm, 6 rolls", 2390),
            ("Vacuum pouch 200 × 300, 500 pcs", 3260),
        ),
    ),
    Family(
        "Napkins and paper",
        0.22,
        (
            ("White napkin 24 cm, 7,200 pcs", 1870),
            ("Two-ply napkin 33 cm, 2,400 pcs", 2350),
            ("Printed napkin 33 cm, 2,000 pcs", 4190),
            ("V-fold hand towel, 20 packs", 1680),
            ("Centrefeed roll 200 m, 6 rolls", 2790),
            ("Toilet roll 200 m, 12 rolls", 1530),
            ("Table cover, 50 pcs", 1960),
            ("Wiping roll, 500 sheets", 1740),
        ),
    ),
    Family(
        "Cleaning products",
        0.34,
        (
            ("Dishwasher detergent 12 kg", 3980),
            ("Rinse aid 10 l", 3270),
            ("Washing-up liquid 5 l, 4 pcs", 1490),
            ("Oven degreaser 5 l, 4 pcs", 2560),
            ("Floor cleaner 5 l, 4 pcs", 1610),
            ("Surface sanitiser 1 l, 12 pcs", 4340),
            ("Hand sanitiser 5 l, 2 pcs", 2280),
            ("Hand soap 5 l, 4 pcs", 1370),
            ("Glass cleaner 750 ml, 12 pcs", 1940),
            ("Laundry powder 15 kg", 2890),
        ),
    ),
    Family(
        "Bags and sacks",
        0.20,
        (
            ("Kraft carrier with twisted handles, 250 pcs", 3670),
            ("Kraft bag without handles, 1,000 pcs", 3080),
            ("Vest carrier, 1,000 pcs", 1590),
            ("Produce bag, 1,000 pcs", 870),
            ("Refuse sack 120 l, 100 pcs", 1140),
            ("Refuse sack 240 l, 50 pcs", 1320),
            ("Bread bag with window, 1,000 pcs", 1860),
            ("Mailing bag 30 × 40, 500 pcs", 2430),
            ("Printed carrier, 500 pcs", 5240),
        ),
    ),
    Family(
        "Gloves and workwear",
        0.31,
        (
            ("Nitrile gloves M, 1,000 pcs", 3890),
            ("Nitrile gloves L, 1,000 pcs", 3890),
            ("Vinyl gloves M, 1,000 pcs", 2640),
            ("Mob cap, 1,000 pcs", 1450),
            ("Disposable apron, 1,000 pcs", 2120),
            ("Overshoes, 2,000 pcs", 1670),
            ("Visitor coat, 100 pcs", 3340),
        ),
    ),
    Family(
        "Guest amenities",
        0.38,
        (
            ("Shampoo 30 ml, 300 pcs", 3560),
            ("Shower gel 30 ml, 300 pcs", 3480),
            ("Wrapped soap 15 g, 500 pcs", 2950),
            ("Dental kit, 250 pcs", 4210),
            ("Sewing kit, 250 pcs", 2380),
            ("Shower cap, 500 pcs", 2170),
            ("Hotel slippers, 100 pairs", 4480),
        ),
    ),
    Family(
        "Labels and till rolls",
        0.25,
        (
            ("Till roll 57 mm, 120 rolls", 2760),
            ("Till roll 80 mm, 60 rolls", 2890),
            ("Thermal label 58 × 40, 20 rolls", 2340),
            ("Ribbon 110 mm, 10 pcs", 3420),
            ("Day-dot label, 20 rolls", 2190),
            ("Packing tape 48 mm, 36 pcs", 2610),
        ),
    ),
    Family(
        "Kitchen equipment",
        0.33,
        (
            ("Gastronorm pan 1/1 100 mm", 1980),
            ("Gastronorm pan 1/2 65 mm", 1240),
            ("Chopping board 60 × 40, 6 pcs", 4560),
            ("Storage container 10 l, 6 pcs", 3790),
            ("Probe thermometer, 4 pcs", 3320),
            ("Service trolley", 12_900),
            ("Towel dispenser", 3450),
        ),
        cost_known=False,
    ),
)

EVEN = (1.0,) * 12
SEGMENTS = (
    Segment(
        "Restaurants and cafés",
        0.30,
        (0.82, 0.88, 0.98, 1.0, 1.06, 1.1, 1.1, 1.08, 1.0, 0.97, 0.98, 1.32),
        ("{} Restaurant", "{} Café", "{} Coffee", "{} Kitchen"),
        larger=-0.6,
    ),
    Segment(
        "Hotels",
        0.12,
        (0.72, 0.78, 0.88, 0.98, 1.12, 1.28, 1.4, 1.38, 1.1, 0.9, 0.75, 0.95),
        ("{} Hotel", "{} Inn", "{} Resort"),
        larger=0.9,
    ),
    Segment(
        "Retail chains",
        0.15,
        (0.85, 0.88, 0.98, 0.98, 1.0, 0.98, 0.95, 0.98, 1.0, 1.04, 1.12, 1.38),
        ("{} Stores", "{} Foods", "{} Markets"),
        larger=1.5,
    ),
    Segment(
        "Food producers",
        0.16,
        (0.92, 0.95, 1.02, 1.0, 1.0, 0.96, 0.95, 0.98, 1.04, 1.06, 1.06, 1.08),
        ("{} Bakery", "{} Confectionery", "{} Dairy", "{} Meats"),
        larger=1.3,
    ),
    Segment(
        "Catering and delivery",
        0.11,
        (0.9, 0.92, 1.0, 1.0, 1.05, 1.08, 1.0, 0.98, 1.0, 1.0, 1.0, 1.2),
        ("{} Catering", "{} Delivered", "{} Central Kitchen"),
    ),
    Segment("Healthcare", 0.07, EVEN, ("{} Clinic", "{} Health"), larger=-0.4),
    Segment(
        "Education",
        0.05,
        (1.1, 1.1, 1.1, 0.95, 1.0, 0.9, 0.6, 0.4, 1.35, 1.2, 1.15, 0.9),
        ("{} School", "{} College"),
        larger=-0.5,
    ),
    Segment("Dealers", 0.04, EVEN, ("{} Wholesale", "{} Supplies"), larger=0.6),
)

CITIES = (
    City("London", "Greater London", 0.24, "20", 0),
    City("Reading", "Berkshire", 0.05, "118", 0),
    City("Brighton", "East Sussex", 0.05, "1273", 0),
    City("Manchester", "Greater Manchester", 0.12, "161", 1),
    City("Leeds", "West Yorkshire", 0.07, "113", 1),
    City("Birmingham", "West Midlands", 0.1, "121", 1),
    City("Bristol", "Bristol", 0.08, "117", 0),
    City("Nottingham", "Nottinghamshire", 0.05, "115", 1),
    City("Newcastle", "Tyne and Wear", 0.05, "191", 1),
    City("Liverpool", "Merseyside", 0.06, "151", 1),
    City("Cardiff", "South Glamorgan", 0.05, "29", 0),
    City("Edinburgh", "City of Edinburgh", 0.05, "131", 1),
    City("Exeter", "Devon", 0.03, "1392", 0),
)

_FIRST = listed(
    "Amber Willow Copper Harbour Meadow Silver Orchard Lantern Cobble Hazel Larch Saffron Juniper "
    "Marsh Thistle Linden Rowan Heron Otter Sable Quill Tallow Fern Bramble Clover Granite Sorrel "
    "Teasel Alder Birch Cedar Damson Elder Flint Gorse Heath Indigo Jasper Kestrel Laurel"
)
_SECOND = listed(
    "Lane Bridge Yard Hollow Quay Mill Barn Table Loaf Gate Field Green Well Court Croft Row Ford "
    "Hill Wharf Stone Brook Spoon Hearth Tide Crown Garden House Corner Terrace Pantry Basket "
    "Spring Grove Leaf Kettle Larder Oven Plate Anchor Beacon Cottage Dale Farm Glen Harvest Isle "
    "Landing Moor Nook Orchard"
)
NAMES = tuple(f"{first} {second}" for second in _SECOND for first in _FIRST if first != second)

_SURNAMES = listed(
    "Abbott Barlow Carver Dalton Eastwood Fenwick Garland Hartley Ingram Jessop Kirby Lomax "
    "Mercer Naylor Oakes Pickering Quinn Radley Selby Thorne Upton Vickers Wainwright Yardley "
    "Ashby Brewer Cotton Dyson Ellery Farrow Goddard Holt Ivory Joyce Kendal Langley Marlow "
    "Norris Osborne Pascoe Rowe Stroud Tilley Underhill Varley Whitby Alcott Bexley Crosby Denby"
)


def _sole_trader(first: str, _: str, surname: str) -> tuple[str, str]:
    return f"{first} {surname} Trading", f"{first} {surname} (sole trader)"


NOTES = (
    Note(
        "call",
        "general",
        "Checked next week's order",
        "{contact} confirms the usual volume plus {number} packs of {product}. Delivery before ten, "
        "while the bay is free.",
    ),
    Note(
        "call",
        "general",
        "Delivery days for {month}",
        "Agreed on Tuesdays. {contact} will send the list of sites that close for refurbishment.",
        (7, 9),
    ),
    Note(
        "call",
        "general",
        "Replacement for a missing item",
        "The maker is out of {product}; we offered a close match. {contact} takes one batch on "
        "trial and decides afterwards.",
    ),
    Note(
        "email",
        "general",
        "Sent the new price list",
        "Prices for {month} are out. Only {family} went up. {contact} will answer after checking "
        "their own costs.",
    ),
    Note(
        "email",
        "general",
        "Month-end paperwork",
        "Statement and invoices sent. No differences; {contact} confirms by Friday.",
    ),
    Note(
        "email",
        "general",
        "Samples: {family}",
        "Samples went with the driver. {contact} will show them to colleagues and reply within "
        "{days} days.",
    ),
    Note(
        "meeting",
        "general",
        "Quarterly review",
        "Went through volumes and lead times. What matters to them: a two-hour delivery window and "
        "one name for complaints. {contact} asked for yearly terms; prepare the figures.",
        (7, 10),
    ),
    Note(
        "meeting",
        "general",
        "Range for the season",
        "Looked at {family}. They want smaller packs, delivered twice a month. {product} goes on trial at "
        "two sites for a month.",
    ),
    Note(
        "visit",
        "general",
        "Visited their stockroom",
        "Room for about a week of stock. {family} sits in the far row; the storekeeper would like "
        "larger marking on the cartons. Passed on to delivery.",
    ),
    Note(
        "visit",
        "general",
        "Saw how they use our goods",
        "They use more of {product} than they should: every shift takes spare packs. {contact} "
        "would like a short guide for the staff.",
        (8, 10),
    ),
    Note(
        "note",
        "general",
        "Goods-in hours changed",
        "From Monday the store takes deliveries from 7 am to noon only. Logistics informed.",
    ),
    Note(
        "note",
        "general",
        "Who decides",
        "Yearly terms are settled by {contact}; orders come from the buying desk. Discuss discounts "
        "in person and keep prices out of e-mail.",
    ),
    Note(
        "survey",
        "general",
        "Survey after delivery",
        "They value complete orders and a polite driver. They ask for a day's notice before a "
        "substitution.",
        (7, 10),
    ),
    Note(
        "survey",
        "general",
        "Quarterly survey",
        "Happy with answers by phone; credit notes should come faster.",
        (6, 9),
    ),
    Note(
        "call",
        "growing",
        "They open another site",
        "Opening in {month}; the first order is about {number} items. {contact} wants one "
        "specification for all sites.",
        (8, 10),
    ),
    Note(
        "meeting",
        "growing",
        "Wider range",
        "Ready to move {family} to us if the price holds for half a year. They need an offer with "
        "volume and credit terms in {days} days.",
        (8, 10),
    ),
    Note(
        "email",
        "growing",
        "Printed packaging",
        "Artwork received, quantity under discussion. {contact} waits for a proof and a date for "
        "the first batch.",
    ),
    Note(
        "visit",
        "growing",
        "First look at the new site",
        "Twice the size of the old one, with a loading bay. Agreed on a trial delivery and on "
        "training their staff in dosing.",
        (8, 10),
    ),
    Note(
        "call",
        "fading",
        "Smaller order than usual",
        "{contact} blames a quiet month, but part of {family} is now bought elsewhere. Reasons: "
        "price and the minimum order.",
        (4, 7),
    ),
    Note(
        "meeting",
        "fading",
        "Talk about falling volume",
        "They compare us with two suppliers. Main complaint: substitutions without notice. We "
        "promised to reserve ten items for them.",
        (4, 6),
    ),
    Note(
        "email",
        "fading",
        "They ask for better prices",
        "They sent another offer for {product}; the gap is real. An answer is due this week, or "
        "they try the other side.",
    ),
    Note(
        "note",
        "fading",
        "New buyer",
        "Our contact has left and the successor collects offers again. Arrange an introduction and "
        "bring the history of orders and complaints.",
    ),
    Note(
        "call",
        "late_payer",
        "Reminder about payment",
        "{contact} promises a transfer in {days} days, after their own clients have paid. The next "
        "delivery stays within the credit limit.",
    ),
    Note(
        "email",
        "late_payer",
        "Statement and overdue amount",
        "Sent the statement with the open invoices. {contact} agrees with the amount and asks to "
        "pay in two parts.",
    ),
    Note(
        "meeting",
        "late_payer",
        "Payment schedule agreed",
        "Equal parts every Wednesday, deliveries after the money arrives. If it slips, we go to "
        "payment in advance.",
        (5, 8),
    ),
    Note(
        "call",
        "lost",
        "No answer",
        "Only reception picks up; head office now does the buying. They pass on our offer; call "
        "again in {days} days.",
    ),
    Note(
        "note",
        "lost",
        "Gone to another supplier",
        "Reason: our range of {family} and no same-day delivery. The door is open; talk again in "
        "spring.",
    ),
    Note(
        "email",
        "lost",
        "Offer to come back",
        "Sent terms for a trial month. The message was opened; no reply so far.",
    ),
    Note(
        "call",
        "prospect",
        "First conversation",
        "They buy from three suppliers and want one, twice a week. {contact} asks for prices of "
        "{family}.",
    ),
    Note(
        "meeting",
        "prospect",
        "Met the buying team",
        "Showed catalogue and samples. Interest in {family}; decision by the end of the quarter; "
        "a reference from a similar client would help.",
        (7, 9),
    ),
    Note(
        "email",
        "prospect",
        "Quotation",
        "Sent prices for {number} items, delivered. Call in {days} days.",
    ),
    Note(
        "complaint",
        "delivery",
        "Late lorry",
        "It came after lunch, when goods-in had closed. {contact} asks for a warning in advance. "
        "Logistics moved the route to the morning.",
        (2, 5),
    ),
    Note(
        "complaint",
        "delivery",
        "Short delivery",
        "{number} packs of {product} were missing. Brought the next day, credit note issued.",
        (3, 6),
    ),
    Note(
        "complaint",
        "delivery",
        "Faulty batch",
        "About {number} % of a batch of {product} arrived damaged. Photos received, return "
        "booked, claim sent to the maker.",
        (2, 5),
    ),
    Note(
        "survey",
        "delivery",
        "Survey after a complaint",
        "Settled, but it took longer than we had promised.",
        (4, 7),
    ),
    Note(
        "call",
        "delivery",
        "Follow-up on the missing goods",
        "{contact} confirms that all arrived in one piece. They would like the same driver each "
        "time.",
        (6, 8),
    ),
)

WORDS = Words(
    language="en",
    company="Cleartable Supplies Ltd",
    company_inn="",
    domain="cleartable.example",
    country="GB",
    source="erp",
    vat_per_cent=20,
    prefixes={
        "invoice": "INV",
        "credit_note": "CN",
        "order": "SO",
        "payment_request": "PF",
        "payment": "PAY",
    },
    families=FAMILIES,
    segments=SEGMENTS,
    cities=CITIES,
    names=NAMES,
    forms=(("{} Ltd", 0.85), ("{} LLP", 0.1), ("{} PLC", 0.05)),
    sole_trader=_sole_trader,
    full_name=lambda first, _, surname: f"{first} {surname}",
    group_title="{} Group",
    member_title="{} {}",
    first_names=(
        listed(
            "Alice Beth Clara Daisy Ellen Flora Grace Helen Imogen Jane Kate Laura Martha Nora "
            "Olive Phoebe Rachel Sarah Tessa Vera"
        ),
        listed(
            "Adam Ben Callum David Edward Frank George Harry Isaac Jack Kevin Liam Mark Neil Oscar "
            "Peter Robert Simon Thomas William"
        ),
    ),
    patronymics=(("",), ("",)),
    surnames=(_SURNAMES, _SURNAMES),
    positions=(
        Position("Head of purchasing", "decides"),
        Position("Buyer", "buys"),
        Position("Chief accountant", "pays"),
        Position("Head chef", "uses"),
        Position("Managing director", "decides"),
        Position("Stores manager", "uses"),
        Position("Commercial director", "influences"),
        Position("Quality manager", "influences"),
    ),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    notes=NOTES,
    phone="+44 {code} 000 {first}{last}",
    teams=("South", "North"),
    people=(
        Person("Vera Hartley", "vera.hartley", "administrator"),
        Person("Edward Fenwick", "edward.fenwick", "manager", team=0),
        Person("Martha Selby", "martha.selby", "manager", team=1),
        Person("Alice Thorne", "alice.thorne", "kam", team=0),
        Person("David Mercer", "david.mercer", "kam", team=0),
        Person("Imogen Radley", "imogen.radley", "kam", team=0),
        Person("Peter Langley", "peter.langley", "kam", team=1),
        Person("Nora Whitby", "nora.whitby", "kam", team=1),
        Person("Callum Holt", "callum.holt", "kam", team=1),
        Person("Frank Osborne", "frank.osborne", "colleague", "sales", 0),
        Person("Grace Naylor", "grace.naylor", "colleague", "service", 0),
        Person("Simon Rowe", "simon.rowe", "colleague", "delivery", 1),
        Person("Clara Dyson", "clara.dyson", "colleague", "usage", 1),
        Person("Helen Pascoe", "helen.pascoe", "auditor"),
    ),
    agreement="Supply agreement No. {number} of {year}",
    shared_mailboxes={"buys": "purchasing", "pays": "accounts", "uses": "stores"},
)
