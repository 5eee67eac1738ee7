"""Examples of rows in the description of the API, one request for each kind."""

_CLIENT = {
    "external_id": "C-1042",
    "name": "ООО «Рассвет»",
    "inn": "7707083893",
    "kpp": "770701001",
    "segment": "Розница",
    "country": "RU",
    "city": "Тверь",
    "owner": "anna.orlova@example.com",
}
_DOCUMENT = {
    "number": "S-2041",
    "date": "2026-03-05",
    "type": "invoice",
    "client": "C-1042",
    "due": "2026-04-04",
    "currency": "RUB",
    "lines": [
        {"product": "B-1", "product_name": "Box", "quantity": 10, "amount": "1200.00",
         "vat_rate": "20", "cost": "700.00"},
        {"product": "B-2", "product_name": "Lid", "quantity": 4, "amount": "96.00",
         "vat_rate": "20"},
    ],
}  # fmt: skip
EXAMPLES = {
    "clients": {"source": "shop", "rows": [_CLIENT]},
    "contacts": {
        "source": "shop",
        "rows": [{"client": "C-1042", "name": "Анна Ли", "email": "anna@example.com"}],
    },
    "documents": {"source": "shop", "vat": "excluded", "rows": [_DOCUMENT]},
    "payments": {
        "source": "shop",
        "rows": [
            {"number": "P-77", "date": "2026-03-20", "client": "C-1042", "amount": "1555.20",
             "document": "S-2041"}
        ],
    },
    "interactions": {
        "source": "shop",
        "rows": [
            {"client": "C-1042", "date": "2026-03-06", "kind": "call", "subject": "Delivery"}
        ],
    },
    "ratings": {
        "source": "shop",
        "rows": [
            {"client": "C-1042", "criterion": "values", "rating": 8,
             "rater": "anna.orlova@example.com", "reason": "Open talks about the new range"}
        ],
    },
}  # fmt: skip
