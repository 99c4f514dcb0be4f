"""What the answer page says of itself."""

from collections.abc import Mapping

Words = Mapping[str, Mapping[str, str]]

WORDS: Words = {
    "zh": {
        "other": "English",
        "about": "大约需要一分钟。您的意见会直接帮助我们改进。",
        "needed": "（必填）",
        "send": "提交",
        "decline": "这次不回答",
        "kept": "您的回答会与您的客户记录一起保存，只用来改进服务、帮您解决问题。",
        "anonymous": "此问卷不记录您是谁。请不要在文字中写下姓名、电话等个人信息。",
        "answered": "已收到您的回答，谢谢！",
        "declined": "好的，我们不会再就此问卷打扰您。",
        "again": "还有几处需要您看一下",
        "wrong": "请检查这一项",
        "csat": "总的来说，您对我们满意吗？",
        "nps": "您有多大可能把我们推荐给朋友或同事？",
        "text": "还有什么想告诉我们的？",
    },
    "en": {
        "other": "中文",
        "about": "It takes about a minute. What you say helps us directly.",
        "needed": "(required)",
        "send": "Send",
        "decline": "Rather not this time",
        "kept": "Your answers are kept with your customer record, to serve you better and to put things right.",
        "anonymous": "This survey does not record who you are. Please leave out names and phone numbers.",
        "answered": "We have your answers. Thank you!",
        "declined": "All right. We will not ask about this again.",
        "again": "A few things need another look",
        "wrong": "Please check this",
        "csat": "Overall, how satisfied are you with us?",
        "nps": "How likely are you to recommend us to a friend or colleague?",
        "text": "Is there anything else you would like to tell us?",
    },
}
ASPECTS: Words = {
    "zh": {
        "quality": "商品质量",
        "attitude": "服务态度",
        "logistics": "配送速度与包装",
        "price": "价格",
        "ease": "购买是否方便",
        "repurchase": "您有多愿意再次购买？",
    },
    "en": {
        "quality": "Quality of the products",
        "attitude": "Friendliness of our staff",
        "logistics": "Speed and care of delivery",
        "price": "Price",
        "ease": "Ease of buying",
        "repurchase": "How willing are you to buy again?",
    },
}
MARKS: Mapping[str, Mapping[str, Mapping[int, str]]] = {
    "zh": {
        "csat": {1: "很不满意", 2: "不满意", 3: "一般", 4: "满意", 5: "很满意"},
        "rating": {1: "很差", 2: "较差", 3: "一般", 4: "好", 5: "很好"},
        "nps": {0: "完全不可能", 10: "非常可能"},
    },
    "en": {
        "csat": {1: "Not at all", 2: "Not really", 3: "So-so", 4: "Satisfied", 5: "Very satisfied"},
        "rating": {1: "Very poor", 2: "Poor", 3: "Fair", 4: "Good", 5: "Very good"},
        "nps": {0: "Not at all likely", 10: "Extremely likely"},
    },
}
FAULTS: Words = {
    "zh": {"required": "请回答这一项", "too_long": "文字太长了"},
    "en": {"required": "This needs an answer", "too_long": "These are too many words"},
}
