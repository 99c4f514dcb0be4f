"""Problem documents (RFC 9457): every code the API may answer with, and how a refusal becomes one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson
from starlette.responses import Response

from shared.errors import FieldError, GuanxiError

MEDIA_TYPE = "application/problem+json"
UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem: its code, status and title in English and Chinese."""

    code: str
    status: int
    title: str
    title_zh: str


_ALL = (
    Problem("malformed_request", 400, "The request cannot be read", "无法读取请求"),
    Problem("unauthenticated", 401, "No valid credential", "缺少有效凭证"),
    Problem("credential_expired", 401, "The credential has ended", "凭证已过期"),
    Problem("signature_invalid", 401, "The signature does not match", "签名无效"),
    Problem("scope_missing", 403, "The credential lacks a scope", "凭证权限不足"),
    Problem("manager_bound", 403, "The credential is bound to a manager", "凭证仅限某位客户经理的客户"),
    Problem("link_invalid", 403, "The link is not valid", "链接无效"),
    Problem("not_found", 404, "Not found", "未找到"),
    Problem("method_not_allowed", 405, "The path does not know this method", "不支持该方法"),
    Problem("not_acceptable", 406, "No acceptable representation", "无法提供所需格式"),
    Problem("already_exists", 409, "It exists already", "已存在"),
    Problem("invalid_transition", 409, "Not possible in the present state", "当前状态不允许此操作"),
    Problem("version_conflict", 409, "Changed by somebody else", "版本冲突"),
    Problem("idempotency_in_progress", 409, "The first request is still running", "相同请求正在处理"),
    Problem("merge_conflict", 409, "The customers cannot be merged", "客户无法合并"),
    Problem("owner_conflict", 409, "It belongs to somebody else", "归属冲突"),
    Problem("insufficient_points", 409, "Not enough points", "积分不足"),
    Problem("coupon_unavailable", 409, "The coupon cannot be used", "优惠券不可用"),
    Problem("capacity_full", 409, "No place left", "名额已满"),
    Problem("slot_taken", 409, "The slot is taken", "时段已被占用"),
    Problem("benefit_exhausted", 409, "The benefit is used up", "权益已用完"),
    Problem("budget_exhausted", 409, "The budget is used up", "预算已用完"),
    Problem("already_answered", 409, "Answered already", "已回答"),
    Problem("job_running", 409, "Such a job is running", "同类任务正在运行"),
    Problem("in_use", 409, "It is in use", "正在使用中"),
    Problem("erased", 410, "Erased", "已删除"),
    Problem("link_expired", 410, "The link has ended", "链接已过期"),
    Problem("survey_closed", 410, "The survey is closed", "问卷已关闭"),
    Problem("precondition_failed", 412, "Changed since it was read", "读取后已被修改"),
    Problem("body_too_large", 413, "The body is too large", "请求体过大"),
    Problem("batch_too_large", 413, "The batch is too large", "批量过大"),
    Problem("unsupported_media_type", 415, "A body of this kind is not read here", "不支持的内容类型"),
    Problem("validation_failed", 422, "Some fields are not valid", "字段校验失败"),
    Problem("unknown_field", 422, "The body has fields that are not known", "存在未知字段"),
    Problem("unknown_parameter", 422, "A query parameter is not known", "存在未知参数"),
    Problem("idempotency_mismatch", 422, "The key was used for another body", "幂等键对应的请求体不同"),
    Problem("cursor_invalid", 422, "The cursor is not valid here", "游标无效"),
    Problem("currency_unsupported", 422, "The currency is not supported", "不支持的币种"),
    Problem("rule_invalid", 422, "The rule is not valid", "规则无效"),
    Problem("template_invalid", 422, "The template is not valid", "模板无效"),
    Problem("approval_required", 422, "It needs an approval", "需要审批"),
    Problem("not_eligible", 422, "The customer is not eligible", "客户不符合条件"),
    Problem("precondition_required", 428, "If-Match is required", "必须提供 If-Match"),
    Problem("rate_limited", 429, "Too many requests", "请求过于频繁"),
    Problem("quota_exceeded", 429, "The quota is used up", "配额已用完"),
    Problem("internal_error", 500, "Something went wrong on our side", "内部错误"),
    Problem("overloaded", 503, "Too busy", "系统繁忙"),
    Problem("dependency_unavailable", 503, "Something we need does not answer", "依赖服务不可用"),
    Problem("draining", 503, "Shutting down", "正在停机"),
    Problem("deadline_exceeded", 504, "It took too long", "处理超时"),
)
PROBLEMS: Mapping[str, Problem] = {problem.code: problem for problem in _ALL}

FIELD_CODES = (
    "required",
    "unknown",
    "type",
    "format",
    "too_short",
    "too_long",
    "too_small",
    "too_large",
    "not_allowed",
    "duplicate",
    "reference_not_found",
    "in_future",
    "too_old",
)


def problem(
    code: str,
    detail: str,
    request_id: str,
    *,
    errors: Iterable[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer for a code of the registry."""
    known = PROBLEMS[code]
    document = {
        "type": f"/problems/{code}",
        "title": known.title,
        "status": known.status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        "errors": [{"field": error.field, "code": error.code, "message": error.message} for error in errors],
    }
    response = Response(orjson.dumps(document), known.status, headers, MEDIA_TYPE)
    if known.status == UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def of_error(error: GuanxiError, request_id: str) -> Response:
    """The answer for a refusal. A code that is not in the registry is answered with the code of its class."""
    code = error.code if error.code in PROBLEMS else type(error).code
    return problem(code, error.detail, request_id, errors=error.errors, headers=error.headers)
