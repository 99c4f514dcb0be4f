"""The fields that columns can fill, by kind of import, with the titles by which headers are recognised."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Reader = Literal["text", "number", "instant", "day", "flag", "many"]


class ImportKind(StrEnum):
    """What the rows of a file are."""

    CUSTOMERS = "customers"
    ORDERS = "orders"
    EVENTS = "events"
    CONSENTS = "consents"
    PRODUCTS = "products"
    TAGS = "tags"
    NOTES = "notes"
    CONTACTS = "contacts"
    ORGANISATIONS = "organisations"


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column can fill, where it stands in the document, and how its cells are read."""

    name: str
    path: tuple[str, ...]
    titles: tuple[str, ...] = ()
    reader: Reader = "text"


def _fields(*within: str, reader: Reader = "text", prefix: str = "", **titles: str) -> list[Target]:
    """Targets of one place of the document, each with its titles beside its own name."""
    return [Target(prefix + name, (*within, name), tuple(said.split()), reader) for name, said in titles.items()]


IDENTITIES = {
    "external": "external_id customer_id user_id member_id 客户编号 会员编号 会员号 用户ID 客户ID",
    "unionid": "微信unionid",
    "openid": "微信openid",
    "email": "e-mail mail 邮箱 电子邮箱 邮件",
    "phone": "mobile tel telephone 手机 手机号 手机号码 电话 联系电话",
    "device": "device_id 设备号",
    "anonymous": "anonymous_id 匿名ID",
}
WHO = [Target(kind, ("identities", kind), tuple(titles.split())) for kind, titles in IDENTITIES.items()]
SOURCE = _fields(source="shop 来源 店铺")

ORDERS = [
    *SOURCE,
    *WHO,
    *_fields(order_id="order order_number order_no 订单号 订单编号 单号", status="order_status 订单状态 状态"),
    *_fields(channel="销售渠道 渠道", store_id="store 门店 门店编号", currency="币种 货币", referral_code="推荐码"),
    *_fields(reader="many", coupon_codes="coupon coupons 优惠券 优惠码"),
    *_fields(reader="flag", test="测试"),
    *_fields(reader="number", order_version="版本", rate="exchange_rate 汇率"),
    *_fields(
        reader="instant",
        placed_at="created_at order_date date 下单时间 订单时间 下单日期 日期",
        paid_at="付款时间 支付时间",
        shipped_at="发货时间",
        delivered_at="签收时间 收货时间",
        cancelled_at="取消时间",
        updated_at="更新时间",
    ),
    Target("product_name", ("lines", "name"), ("item", "product", "title", "商品名称", "商品", "品名")),
    *_fields(
        "lines",
        line_id="行号 明细号",
        sku="product_id item_code 商品编码 商品编号 货号 商品ID",
        category="类目 分类 商品类目 品类",
        brand="品牌",
    ),
    *_fields(
        "lines",
        reader="number",
        quantity="qty count 数量 件数 购买数量",
        unit_price="price 单价 商品单价 价格",
        unit_cost="cost 成本 成本价",
    ),
    Target("line_discount", ("lines", "discount"), ("item_discount", "行优惠", "商品优惠"), "number"),
    *_fields(
        "totals",
        reader="number",
        prefix="order_",
        subtotal="subtotal 商品总额 小计",
        discount="discount 优惠金额 订单优惠 折扣",
        shipping="shipping freight 运费 邮费",
        tax="tax 税额 税费",
        tip="tip 小费",
        total="total amount total_price grand_total total_amount 订单金额 订单总额 总金额 总价 总额 合计 金额 应付金额",
        paid="paid amount_paid 实付金额 实付款 实付 实收金额 支付金额",
    ),
    *_fields("totals", reader="flag", prefix="order_", tax_included="tax_included 含税"),
    *_fields("refunds", refund_id="退款编号 退款单号"),
    *_fields("refunds", reader="instant", refunded_at="退款时间"),
    Target("refund_amount", ("refunds", "amount"), ("退款金额",), "number"),
]
CUSTOMERS = [
    *SOURCE,
    *WHO,
    *_fields(reader="instant", updated_at="更新时间 修改时间"),
    *_fields(
        "traits",
        name="full_name customer_name 姓名 客户姓名 会员姓名 名称",
        gender="sex 性别",
        address="地址 详细地址 收货地址",
        region="行政区划 地区代码",
        city="城市 所在城市",
        locale="language 语言",
        timezone="time_zone 时区",
        preferred_channel="偏好渠道",
        kind="customer_type 客户类型",
    ),
    *_fields("traits", reader="day", birthday="birth_date date_of_birth 生日 出生日期"),
    *_fields("traits", reader="instant", registered_at="signup_date 注册时间 注册日期 入会时间"),
    *_fields("traits", reader="many", tags="labels 标签 客户标签"),
]
EVENTS = [
    *SOURCE,
    *WHO,
    *_fields(message_id="event_id id 消息编号 事件编号", name="event event_name 事件 事件名称"),
    *_fields(reader="instant", occurred_at="timestamp time date 发生时间 时间"),
]
CONSENTS = [
    *SOURCE,
    *WHO,
    *_fields("consents", purpose="用途 目的", channel="渠道 通道", state="consent status 状态 是否同意"),
    Target("consent_source", ("consents", "source"), ("collected_by", "同意来源", "采集渠道")),
    *_fields("consents", reader="instant", effective_at="consented_at date 生效时间 同意时间 时间"),
]
PRODUCTS = [
    *SOURCE,
    *_fields(
        sku="product_id item_code 商品编码 商品编号 货号 商品ID",
        category="类目 分类 商品类目 品类",
        brand="品牌",
        maker="manufacturer 生产商 厂家",
        parent="parent_sku 主商品 款号",
        currency="币种 货币",
    ),
    Target("title_zh", ("titles", "zh"), ("商品名称", "名称", "品名", "商品")),
    Target("title_en", ("titles", "en"), ("title", "name", "product_name", "英文名称")),
    *_fields(
        reader="number",
        price="list_price 单价 价格 售价 标价",
        unit_cost="cost 成本 成本价",
        margin="毛利率",
        use_days="使用天数",
    ),
    *_fields(reader="many", flags="标记"),
    *_fields(reader="instant", updated_at="更新时间 修改时间"),
]
TAGS = [
    *SOURCE,
    *WHO,
    *_fields(reader="many", tags="tag label labels 标签 客户标签"),
    *_fields(reader="instant", written_at="tagged_at date 时间 打标时间"),
]
NOTES = [
    *SOURCE,
    *WHO,
    *_fields(text="note notes remark comment 备注 内容 跟进内容", author="written_by staff 作者 跟进人 员工"),
    *_fields(reader="instant", written_at="date created_at time 时间 日期 跟进时间 创建时间"),
]
CONTACTS = [
    *SOURCE,
    *WHO,
    *_fields(channel="type kind 渠道 类型", value="address contact 联系方式 号码", label="用途 标签 备注"),
    *_fields(reader="instant", written_at="date updated_at 时间 更新时间"),
]
ORGANISATIONS = [
    *SOURCE,
    *_fields(
        "identities",
        external="organisation_id company_id account_id 企业编号 机构编号 公司编号 客户编号 统一社会信用代码",
    ),
    *_fields(reader="instant", updated_at="更新时间 修改时间"),
    *_fields(
        "traits",
        name="organisation company company_name account_name 企业名称 公司名称 机构名称 名称 客户名称",
        industry="sector 行业 行业代码 所属行业",
        size_band="size 企业规模 规模 人员规模",
        region="行政区划 地区代码",
        city="城市 所在城市",
        address="地址 详细地址 注册地址",
    ),
    *_fields("traits", reader="day", renewal_at="renewal contract_end 续约日期 续约日 合同到期日"),
    *_fields("traits", reader="instant", registered_at="signup_date 注册时间 建档时间"),
    *_fields("traits", reader="many", tags="labels 标签 客户标签"),
]
DECLARED = {
    ImportKind.ORDERS: ORDERS,
    ImportKind.CUSTOMERS: CUSTOMERS,
    ImportKind.EVENTS: EVENTS,
    ImportKind.CONSENTS: CONSENTS,
    ImportKind.PRODUCTS: PRODUCTS,
    ImportKind.TAGS: TAGS,
    ImportKind.NOTES: NOTES,
    ImportKind.CONTACTS: CONTACTS,
    ImportKind.ORGANISATIONS: ORGANISATIONS,
}
TARGETS: Mapping[ImportKind, Mapping[str, Target]] = {
    kind: {one.name: one for one in targets} for kind, targets in DECLARED.items()
}
REQUIRED: Mapping[ImportKind, tuple[str, ...]] = {
    ImportKind.ORDERS: ("source", "order_id", "status", "placed_at", "currency"),
    ImportKind.CUSTOMERS: ("source",),
    ImportKind.EVENTS: ("source", "message_id", "name", "occurred_at"),
    ImportKind.CONSENTS: ("source", "purpose", "channel", "state", "consent_source", "effective_at"),
    ImportKind.PRODUCTS: ("sku", "price"),
    ImportKind.TAGS: ("source", "tags"),
    ImportKind.NOTES: ("source", "text", "written_at"),
    ImportKind.CONTACTS: ("source", "channel", "value"),
    ImportKind.ORGANISATIONS: ("source", "name"),
}


def one_of(kind: ImportKind) -> list[tuple[str, ...]]:
    """Groups of fields: of each group every row needs one at least."""
    if kind is ImportKind.PRODUCTS:
        return [("title_zh", "title_en")]
    if kind is ImportKind.ORGANISATIONS:
        return [("external",)]  # an address may be that of somebody who works there
    return [tuple(IDENTITIES), *([("unit_price", "order_total")] if kind is ImportKind.ORDERS else [])]


def _words(**codes: str) -> dict[str, str]:
    return {word: code for code, words in codes.items() for word in words.split()}


# What shops write where a field takes codes.
WORDS: Mapping[ImportKind, Mapping[str, Mapping[str, str]]] = {
    ImportKind.ORDERS: {
        "status": _words(
            placed="待付款 未付款 待支付 pending unpaid",
            paid="已付款 已支付 待发货 processing",
            shipped="已发货 待收货",
            delivered="已签收 已收货 已完成 交易成功 completed complete",
            cancelled="已取消 交易关闭 canceled",
            refunded="已退款 全额退款",
        ),
    },
    ImportKind.CONSENTS: {
        "state": _words(granted="是 同意 yes true 1 opt-in", withdrawn="否 拒绝 撤回 退订 no false 0 opt-out"),
    },
}
