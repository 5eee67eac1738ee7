"""Names of columns as other systems write them, by kind of file and field. Looked up by synonyms.py."""

from __future__ import annotations

_CLIENT_NAMES = (
    "контрагент, наименование контрагента, клиент, имя клиента, название клиента, "
    "наименование клиента, покупатель, наименование покупателя, заказчик, партнер, "
    "грузополучатель, компания, название компании, client name, customer, customer name, "
    "account, account name, company, company name, buyer, bill to, reseller, reseller name"
)
_CLIENT_CODES = (
    "код контрагента, ид контрагента, код клиента, ид клиента, id клиента, id контрагента, "
    "код покупателя, id покупателя, клиент код, id компании, client id, client code, customer id, "
    "customer number, customer no, customer code, customer key, account id, account number, "
    "company id, reseller key, reseller id, client external id, external client id"
)
_INN = (
    "инн, инн контрагента, инн покупателя, инн клиента, инн компании, инн организации, "
    "инн/кпп, инн и кпп, rq_inn, vat_id, tax id, tax number, vat number, inn"
)
_KPP = "кпп, кпп контрагента, кпп покупателя, кпп клиента, rq_kpp, kpp"
_CLIENT = {
    "client": _CLIENT_CODES,
    "client_name": _CLIENT_NAMES,
    "inn": _INN,
    "kpp": _KPP,
}
_RECORDED = (
    "дата записи, дата внесения, дата проведения, recorded at, recording date, posting date, "
    "known from, entry date"
)
_DELETED = "isdeleted, is deleted, deleted, пометка удаления, удален, помечен на удаление"
_CURRENCY = "валюта, код валюты, валюта документа, currency, currency code, currency_id"

NAMES: dict[str, dict[str, str]] = {
    "clients": {
        "external_id": (
            "код, код контрагента, код клиента, ид, ид контрагента, ид клиента, id, id клиента, "
            "id контрагента, guid, ссылка, внешний код, record id, customer id, customer number, "
            "customer no, customer code, customer key, client id, client code, client number, "
            "account id, account number, company id, external id, external_uid, origin_id, xml_id, "
            "reseller key, reseller id, code"
        ),
        "name": (
            _CLIENT_NAMES + ", наименование, название, плательщик, организация, "
            "краткое наименование, рабочее наименование, name, title, client, short name"
        ),
        "legal_name": (
            "полное наименование, официальное наименование, наименование полное, "
            "наименование для печати, юридическое название, юридическое наименование, юридическое лицо, legal name, "
            "full name, legal entity, registered name"
        ),
        "inn": _INN,
        "kpp": _KPP,
        "group": (
            "группа, группа компаний, холдинг, головной контрагент, головная организация, "
            "головная компания, parent, parent account, parent company, parent id, subsidiary_of, "
            "group of companies, holding"
        ),
        "segment": (
            "сегмент, сфера деятельности, отрасль, вид деятельности, категория, industry, sector, "
            "business type, market segment, vertical"
        ),
        "country": "страна, country, country/region, country name, billing country, код страны, "
        "country code",
        "region": (
            "регион, область, субъект рф, край, федеральный округ, state, state/region, province, "
            "state province name, billing state, billing state/province, territory"
        ),
        "city": "город, населенный пункт, city, town, billing city",
        "owner": (
            "ответственный, менеджер, основной менеджер, ответственный менеджер, кам, "
            "персональный менеджер, куратор, company owner, account owner, account manager, "
            "manager, owner id, owner email, kam, assigned_by_id, responsible_user_id, "
            "responsible user, sales rep, sales rep employee number, responsible"
        ),
        "employees": (
            "количество сотрудников, число сотрудников, сотрудников, сотрудники, численность, "
            "численность персонала, number of employees, employee count, headcount, staff"
        ),
        "turnover": (
            "оборот, годовой оборот, выручка, годовая выручка, annual revenue, annual turnover, "
            "yearly revenue"
        ),
        "deleted": _DELETED,
    },
    "contacts": {
        **_CLIENT,
        "client": _CLIENT_CODES + ", associated company ids",
        "client_name": _CLIENT_NAMES
        + ", организация, название организации, client company, associated company",
        "name": (
            "фио, ф. и. о, контактное лицо, контакт, имя контакта, полное имя, фамилия имя, "
            "наименование, contact, contact name, full name, contact person, person"
        ),
        "last_name": "фамилия, last name, surname, family name",
        "first_name": "имя, first name, given name",
        "middle_name": "отчество, middle name, patronymic",
        "position": "должность, title, contact title, job title, job position, contact position",
        "email": (
            "e-mail, email, рабочий e-mail, рабочий email, почта, эл. почта, электронная почта, "
            "адрес электронной почты, mail, work email, email address, contact email"
        ),
        "phone": (
            "телефон, рабочий телефон, мобильный телефон, мобильный, сотовый, тел., тел, "
            "номер телефона, phone number, phone_work, work phone, mobile, mobile phone, "
            "contact phone, telephone"
        ),
        "role": "роль, роль в сделке, роль контакта, contact role, buying role",
        "deleted": _DELETED,
    },
    "products": {
        "code": (
            "код, артикул, код товара, код номенклатуры, ид, id, sku, stock code, product id, "
            "product key, product code, item code, part number, item number"
        ),
        "name": (
            "наименование, название, номенклатура, товар, наименование товара, название товара, "
            "товар/услуга, продукт, product, product name, description, item, item name, title"
        ),
        "family": (
            "группа, группа товаров, товарная группа, номенклатурная группа, категория, "
            "вид номенклатуры, семейство, product group, category, product family, product line, "
            "product category, subcategory"
        ),
        "cost": (
            "себестоимость, закупочная цена, цена закупки, учетная цена, unit cost, "
            "standard cost, cost price, purchase price"
        ),
        "deleted": _DELETED,
    },
    "documents": {
        **_CLIENT,
        "client_name": _CLIENT_NAMES + ", плательщик, associated company",
        "number": (
            "номер, №, номер документа, № документа, номер счета, № счета, "
            "номер накладной, № накладной, номер заказа, № заказа, номер реализации, "
            "номер акта, номер упд, invoice, invoice no, invoice number, invoice id, order number, "
            "order id, order no, sales order number, document number, document no, doc number, "
            "document id, no, №№, id сделки, номер сделки, deal id, opportunity id"
        ),
        "document": (
            "документ, документ продажи, документ реализации, документ движения, регистратор, "
            "ссылка"
        ),
        "date": (
            "дата, дата документа, дата счета, дата отгрузки, дата реализации, дата накладной, "
            "дата заказа, дата продажи, invoice date, order date, document date, sale date, "
            "transaction date, doc date, issue date, "
            "дата закрытия, дата закрытия сделки, дата завершения, close date, closed date"
        ),
        "client_country": (
            "страна, страна клиента, страна контрагента, country, country/region, country code, "
            "customer country, billing country"
        ),
        "type": (
            "вид документа, тип документа, тип, вид операции, хозоперация, хозяйственная операция, "
            "вид, document type, doc type, transaction type"
        ),
        "product": (
            "артикул, код товара, код номенклатуры, код продукта, stock code, sku, product id, "
            "product key, product code, item code, part number, product number"
        ),
        "product_name": (
            "номенклатура, товар, наименование товара, название товара, товар/услуга, "
            "товары (работы, услуги), продукт, услуга, description, product description, item, "
            "item name"
        ),
        "family": (
            "группа товаров, товарная группа, номенклатурная группа, категория товара, семейство, "
            "product group, product family, product line, product category"
        ),
        "quantity": (
            "количество, кол-во, кол., кол, количество товара, order quantity, quantity ordered, "
            "qty, units, pieces, quantity sold"
        ),
        "unit_price": (
            "цена, цена за единицу, цена продажи, цена без ндс, цена за ед., price, price each, "
            "sale price, price per unit, unit net price"
        ),
        "amount": (
            "сумма, сумма документа, сумма заказа, сумма счета, сумма продажи, сумма реализации, "
            "стоимость, выручка, invoice amount, sales amount, line total, line amount, revenue, "
            "sales, extended price, net sales, "
            "бюджет, бюджет ₽, бюджет сделки, сумма сделки, budget, deal amount, deal value"
        ),
        "amount_net": (
            "сумма без ндс, без ндс, всего без ндс, итого без ндс, стоимость без ндс, "
            "выручка без ндс, net amount, net, amount net, net total, subtotal, amount excl vat, "
            "amount without vat, total net"
        ),
        "total": "всего, итого, к оплате, total, total amount, invoice total, grand total",
        "gross": (
            "сумма с ндс, всего с ндс, итого с ндс, стоимость с ндс, выручка с ндс, "
            "сумма вкл. ндс, gross amount, amount gross, gross total, amount incl vat, "
            "total incl vat, amount with vat, total with vat"
        ),
        "discount": (
            "скидка, % скидки, скидка %, процент скидки, discount percent, discount %, "
            "discount rate, unit price discount pct"
        ),
        "vat": (
            "сумма ндс, ндс, в т.ч. ндс, в том числе ндс, в т. ч. ндс, tax, vat amount, "
            "tax amount, sales tax"
        ),
        "vat_rate": (
            "ставка ндс, % ндс, ндс %, процент ндс, vat rate, vat percent, vat %, tax rate"
        ),
        "cost": (
            "себестоимость, сумма себестоимости, стоимость закупки, закупочная стоимость, "
            "total product cost, total cost, line cost, cogs, cost of goods sold, cost amount"
        ),
        "unit_cost": (
            "себестоимость единицы, себестоимость за единицу, закупочная цена, цена закупки, "
            "standard cost, cost price, cost per unit, purchase price"
        ),
        "currency": _CURRENCY,
        "due": (
            "срок оплаты, оплатить до, дата оплаты план, плановая дата оплаты, срок платежа, "
            "due date, required date, payment due, payment due date"
        ),
        "settled": (
            "дата оплаты, дата полной оплаты, оплачен, дата погашения, settled date, "
            "payment date, paid date, date paid, paid on, settled on"
        ),
        "promised": (
            "дата поставки план, обещанная дата, плановая дата отгрузки, желаемая дата поставки, "
            "promised date, promise date, requested ship date"
        ),
        "shipped": "фактическая дата отгрузки, дата отгрузки факт, shipped date, ship date",
        "manager": (
            "ответственный, менеджер, основной менеджер, ответственный менеджер, продавец, "
            "sales rep, salesperson, sales person, employee key, employee id, sales manager, owner"
        ),
        "agreement": "договор, договор контрагента, соглашение, contract, contract number",
        "organisation": (
            "организация, наша организация, юрлицо, поставщик, продавец организация, own company, "
            "organization, legal entity, our company, seller"
        ),
        "recorded": _RECORDED,
        "status": "статус, состояние, статус заказа, статус документа, stage, order status",
        "deal_stage": "этап сделки, стадия сделки, deal stage, stage name, stagename",
        "posted": "проведен, проведен документ, is posted",
        "deleted": _DELETED + ", отменен, cancelled, canceled",
    },
    "payments": {
        **_CLIENT,
        "client_name": _CLIENT_NAMES + ", плательщик, наименование плательщика, payer",
        "inn": _INN + ", инн плательщика",
        "kpp": _KPP + ", кпп плательщика",
        "number": (
            "номер, №, номер документа, № документа, номер платежа, номер п/п, № п/п, "
            "номер платежного поручения, payment number, payment no, payment id, reference, "
            "check number, transaction id"
        ),
        "date": (
            "дата, дата оплаты, дата платежа, дата поступления, датапоступило, дата документа, "
            "payment date, settled date, paid date, value date, received on"
        ),
        "amount": (
            "сумма, сумма оплаты, сумма платежа, сумма документа, поступило, приход, оплачено, "
            "итого, всего, payment amount, total, paid, paid amount, received"
        ),
        "currency": _CURRENCY,
        "document": (
            "счет, номер счета, № счета, номер реализации, документ расчетов, документ, "
            "номер накладной, invoice, invoice no, invoice number, invoice id, order number, "
            "order id, document number"
        ),
        "purpose": "назначение платежа, назначениеплатежа, назначение, основание, purpose, memo, "
        "payment details",
        "recorded": _RECORDED,
        "status": "статус, состояние, payment status",
        "deleted": _DELETED,
    },
    "interactions": {
        **_CLIENT,
        "date": (
            "дата, дата контакта, дата звонка, дата встречи, дата события, дата дела, "
            "activity date, event date, meeting date, call date"
        ),
        "kind": (
            "вид, тип, вид взаимодействия, тип события, тип дела, вид контакта, activity type, "
            "type, event type, interaction type"
        ),
        "subject": "тема, название, заголовок, subject line, topic, title",
        "text": "текст, описание, содержание, комментарий, результат, description, note, notes, "
        "comment, body, details",
        "satisfaction": "удовлетворенность, оценка, оценка клиента, csat, nps, client rating, score",
        "recorded": _RECORDED,
    },
    "ratings": {
        **_CLIENT,
        "criterion": "критерий, название критерия, criteria, criterion name, factor",
        "rating": "оценка, балл, значение, score, points, value, mark",
        "rater": "эксперт, кто оценил, оценил, автор, оценщик, rated by, author, expert, user",
        "date": "дата, дата оценки, rating date, rated on",
        "reason": "причина, обоснование, комментарий, почему, comment, why, rationale, note",
    },
}

# Known names of columns that hold nothing this product keeps from such a file.
LEFT_OUT: dict[str, str] = {
    "clients": "огрн, огрнип, rq_ogrn, телефон, рабочий телефон, мобильный телефон, тел., phone, "
    "phone number, phone_work, e-mail, email, рабочий e-mail, рабочий email, почта, эл. почта, "
    "электронная почта, согласие, consent, opt-in",
    "contacts": "согласие, согласие на обработку пдн, согласие на рассылку, opt-in, consent, fax",
    "documents": "сумма возврата, возврат, ед. изм, ед. изм., единица измерения, ед., ед, "
    "название сделки, deal name, opportunity name, воронка, pipeline, дата создания, "
    "дата создания сделки",
}

# Names that could mean two fields; listed apart so that each is a decision, not an accident.
TWO_WAYS: dict[str, dict[str, tuple[str, ...]]] = {
    "documents": {
        "код": ("client", "product"),
        "ид": ("number", "client"),
        "id": ("number", "client"),
        "code": ("client", "product"),
        "наименование": ("client_name", "product_name"),
        "название": ("client_name", "product_name"),
        "name": ("client_name", "product_name"),
        "title": ("client_name", "product_name"),
        "группа": ("family", "organisation"),
        "оплата": ("settled", "due"),
    },
    "payments": {
        "код": ("client", "number"),
        "ид": ("client", "number"),
        "id": ("client", "number"),
        "наименование": ("client_name", "purpose"),
        "name": ("client_name", "purpose"),
    },
    "contacts": {
        "код": ("client",),
        "название": ("client_name", "name"),
        "имя/название": ("client_name", "name"),
    },
    "interactions": {
        "имя": ("client_name", "subject"),
        "name": ("client_name", "subject"),
        "наименование": ("client_name", "subject"),
    },
    "ratings": {
        "название": ("client_name", "criterion"),
        "наименование": ("client_name", "criterion"),
        "name": ("client_name", "criterion"),
    },
}
