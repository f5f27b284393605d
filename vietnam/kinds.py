"""What kind of event an article reports: one of the closed list of reference/organizations.yaml.

The title decides where it can; else the opening of the text. Rules are tried in order, the narrow before the
wide: "Đại hội" before "hội nghị", a day of cleaning before "ra quân". Where no organization of ours is the
subject, the news of Party, council and government have their own kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from vietnam.byte_letters import word_letters
from vietnam.phrases import Grams, Phrases, grams_of
from vietnam.sought import sought, standing

_KIND_NAMES = (
    "giao_ban|so_ket|tong_ket|dai_hoi|giam_sat|bau_cu|nhan_su|an_sinh|ngay_hoi_ddk|cuoc_van_dong|tap_huan|"
    "ra_quan|"
    "doi_thoai|mo_hinh|ky_niem|kinh_te|van_ban|guong|moi_truong|thi_dua|hoi_nghi|lam_viec|kiem_tra|"
    "quan_triet|"
    "thong_tin|phong_van|doi_ngoai|ntm|tiep_xuc_cu_tri|nong_nghiep|dang|hdnd|hanh_chinh|quan_su|phap_luat|"
    "lich_su|van_hoa_the_thao|khac"
)
KINDS = frozenset(_KIND_NAMES.split("|"))
"""The closed list of the contract."""

_OPENING = 500
"""Letters of the text in which the event is told."""

_GIFT = (
    r"(?:quà|nhà|gạo|tiền|kinh phí|học bổng|xe đạp|xe lăn|sinh kế|bò|(?:cây|con|bò|heo|lợn|gà|dê) giống|"
    r"áo ấm|nhu yếu phẩm|thẻ bhyt|"
    r"(?:tỷ|triệu|nghìn) đồng)\b"
)
_FEW_WORDS = r"(?:\S+ ){0,5}?"

# Kind -> alternatives, on lower-case match form.
_CUES: dict[str, tuple[str, ...]] = {
    "phap_luat": (
        r"công an (?:huyện|tỉnh|xã|phường|thành phố|quận|tp)|"
        r"bắt (?:giữ|quả tang|đối tượng|tạm giam|khẩn cấp)",
        r"ma túy|khởi tố|tàng trữ|truy nã|xét xử|tội phạm|tai nạn (?:giao thông|lao động)|tử vong|tòa án|"
        r"lừa đảo",
    ),
    "quan_su": (
        r"nhập ngũ|giao,? (?:nhận )?quân|tân binh|nghĩa vụ quân sự|tòng quân|dân quân|quân dự bị|"
        r"ra quân huấn luyện|huấn luyện (?:chiến|quân)|diễn tập",
        r"tuyển (?:chọn )?(?:quân|công dân)|ban chqs|bộ chqs|bộ chỉ huy quân sự",
    ),
    "phong_van": (r"phỏng vấn|trả lời (?:báo|phóng viên)",),
    "quan_triet": (
        r"quán triệt|học tập,? (?:\S+ ){0,6}nghị quyết|triển khai (?:\S+ ){0,3}nghị quyết|"
        r"nghiên cứu,? học tập",
    ),
    "ngay_hoi_ddk": (r"ngày hội (?:đại )?đoàn kết",),
    "tiep_xuc_cu_tri": (
        r"tiếp xúc (?:với )?cử tri|^cử tri (?:phản ánh|kiến nghị|đề nghị)|kiến nghị (?:của )?cử tri",
    ),
    "bau_cu": (
        r"bầu cử|ứng cử|hiệp thương lần thứ|lá phiếu|cử tri (?:\S+ ){0,6}(?:ứng cử|bầu)|giới thiệu người ứng",
    ),
    "dai_hoi": (
        r"(?<!chào mừng )(?<!hướng tới )(?<!hướng về )(?<!nghị quyết )(?<!ngày )\bđại hội\b"
        r"(?! đảng| cổ đông| [ivx]+ của đảng| thể thao| tdtt| thể dục)",
        r"phiên trù bị|re-elected|congress",
    ),
    "nhan_su": (
        r"hiệp thương cử|(?:cử|bầu) bổ sung|bổ nhiệm|điều động|luân chuyển|trao quyết định|"
        r"công bố quyết định(?! thanh tra| kiểm tra| thành lập)",
        r"kiện toàn (?:\S+ ){0,4}(?:nhân sự|chức danh|chủ tịch)|công tác cán bộ$|giữ chức|tân chủ tịch|"
        r"nghỉ hưu",
    ),
    "giao_ban": (r"giao ban",),
    "tap_huan": (
        r"tập huấn|bồi dưỡng (?:nghiệp vụ|kiến thức|cán bộ|kỹ năng|lý luận)|lớp bồi dưỡng|dạy nghề|"
        r"đào tạo nghề",
    ),
    "doi_thoai": (r"đối thoại|lắng nghe ý kiến",),
    "so_ket": (r"sơ kết",),
    "tong_ket": (r"tổng kết",),
    "doi_ngoai": (
        r"hội đàm|đối ngoại|hữu nghị|mặt trận lào|hợp tác quốc tế|vương quốc|campuchia|đại sứ|kiều bào",
    ),
    "moi_truong": (
        r"chủ nhật xanh|thứ bảy (?:xanh|tình nguyện)|bảo vệ môi trường|vệ sinh môi trường|ô nhiễm môi trường",
        r"\bmôi trường\b|trồng (?:\S+ ){0,3}(?:cây|hoa|rừng)|dọn vệ sinh|rác thải|rác\b|"
        r"xanh[ ,-]+sạch[ ,-]+đẹp",
        r"làm sạch (?:bãi )?(?:biển|đường|môi)|thu gom (?:rác|phế)|hút đinh|chất thải nhựa|tết trồng cây",
    ),
    "ky_niem": (
        r"kỷ niệm (?:\d+|lần thứ|ngày|thành lập)|kỉ niệm \d+|ôn lại truyền thống|mít tinh|họp mặt|"
        r"chúc mừng|thắp (?:nến|hương)|viếng (?:nghĩa trang|lăng)",
        r"gặp mặt (?:\S+ ){0,8}(?:thời kỳ|truyền thống|nhân|kỷ niệm)|dâng hương|tri ân (?:các )?anh hùng",
    ),
    "ra_quan": (
        r"ra quân|thanh niên tình nguyện|tình nguyện hè|mùa hè xanh|mùa đông xung phong|đội hình tình nguyện",
        r"tháng thanh niên|chiến dịch tình nguyện|xuân tình nguyện",
    ),
    "cuoc_van_dong": (
        r"cuộc vận động|hàng việt|5 không,? 3 sạch|tdđkxdđs|dân vận khéo|toàn dân đoàn kết xây dựng",
    ),
    "van_ban": (
        r"^(?:quyết định|kế hoạch|nghị quyết|hướng dẫn|thông tri|công văn|chỉ thị|thông báo|dự thảo)\b"
        r"(?=.*(?:\bsố\b|quy định|\bvề\b|ban hành|\bcủa\b))",
    ),
    "giam_sat": (r"giám sát|phản biện|góp ý (?:\S+ ){0,3}dự thảo|lấy ý kiến (?:\S+ ){0,3}dự thảo",),
    "kinh_te": (
        r"giải ngân|vay vốn|vốn vay|trao vốn|hỗ trợ vốn|tổ tiết kiệm|quỹ (?:hỗ trợ nông dân|htnd)|"
        r"nguồn vốn|vốn ưu đãi|"
        r"vốn chính sách",
        r"tín dụng chính sách|ngân hàng chính sách|phát triển kinh tế|làm kinh tế|(?:giảm|thoát) nghèo|"
        r"\bocop\b|hợp tác xã|"
        r"sản xuất,? kinh doanh",
    ),
    "an_sinh": (
        r"vì người nghèo|đại đoàn kết cho|nhà (?:đại đoàn kết|tình thương|tình nghĩa|tạm|dột nát|nhân ái|"
        r"nghĩa tình|ở cho|cho (?:hộ|hội viên|đoàn viên|gia đình|người))",
        rf"mái ấm|(?:tặng|trao|trao tặng) {_FEW_WORDS}{_GIFT}|suất quà|quà tết|ủng hộ|người nghèo|"
        rf"hộ nghèo|cận nghèo",
        rf"tiếp nhận {_FEW_WORDS}(?:khẩu trang|quà|hàng hóa|tỷ đồng|triệu đồng|nhu yếu phẩm)|chăm lo|"
        rf"tết sum vầy",
        r"hỗ trợ (?:\S+ ){0,4}(?:khó khăn|nhà|gia đình|lũ|bão|dịch|gạo|lương thực)|gia đình chính sách|"
        r"từ thiện|nhân đạo|"
        r"cứu trợ",
        r"vì biển đảo|an sinh|thăm,? (?:hỏi|tặng|chúc tết|(?:\S+ ){0,2}(?:gia đình|công nhân|thương binh|"
        r"người có công|bệnh nhân))|chúc tết|hoàn cảnh khó khăn|học bổng|hiến máu|"
        r"khám (?:chữa )?bệnh",
        r"người khuyết tật|mồ côi|áo ấm|mẹ việt nam anh hùng|khắc phục hậu quả|đồng bào (?:vùng )?lũ|"
        r"for the poor",
    ),
    "van_hoa_the_thao": (
        r"giải (?:bóng|cầu lông|việt dã|thể thao|vô địch|quần vợt|cờ|chạy|kéo co)|bóng (?:chuyền|đá)|"
        r"hội thao|dân vũ",
        r"văn nghệ|thể dục|liên hoan|thể thao|lễ hội|di tích|hội diễn|áo dài|giao lưu văn hóa|"
        r"văn hóa văn nghệ",
    ),
    "thi_dua": (
        r"thi đua|khen thưởng|giải (?:nhất|nhì|ba|thưởng)|hội thi|cuộc thi|tuyên dương|biểu dương|vinh danh",
        r"tôn vinh điển hình|bằng khen|kỷ niệm chương|trao giải",
    ),
    "mo_hinh": (
        r"mô hình|câu lạc bộ|\bclb\b|đường hoa|tổ hợp tác|khởi nghiệp|sinh kế|công trình thanh niên|"
        r"phần việc",
    ),
    "guong": (
        r"điển hình|làm kinh tế giỏi|^gặp (?:nữ|người|anh|chị|ông|bà)|^chuyện |"
        r"^người (?:chi hội|cán bộ|bí thư|trưởng|nữ|lính|thủ lĩnh|đảng viên|phụ nữ|nông dân|ccb|cựu) |"
        r"sản xuất giỏi|"
        r"gương (?:sáng|người|mẫu)|tấm gương|làm giàu|vượt khó|chi hội trưởng|"
        r"tỷ phú",
        r"tâm huyết|tận (?:tâm|tụy)|hết lòng|nhiệt tình|người (?:truyền|giữ) lửa|vươn lên|năng động|"
        r"thu nhập (?:\S+ ){0,2}tỷ",
    ),
    "lam_viec": (r"làm việc (?:với|tại)|buổi làm việc",),
    "kiem_tra": (r"kiểm tra",),
    "thong_tin": (
        r"trang thông tin|cổng thông tin|thông tin điện tử|trang tin|lịch (?:công tác|tiếp)|fanpage|"
        r"ra mắt (?:báo|trang)",
    ),
    "ntm": (
        r"nông thôn mới|hiến đất|(?:làm|mở|sửa|thắp sáng) đường|cầu dân sinh|cầu nông thôn|"
        r"giao thông nông thôn|\bntm\b|đô thị văn minh",
    ),
    "lich_su": (r"lịch sử|truyền thống|cách mạng tháng tám|kháng chiến|chiến thắng",),
    "nong_nghiep": (
        r"vụ (?:đông xuân|đông|hè thu|mùa|xuân|chiêm)|xuống giống|gieo (?:cấy|sạ|trồng)|chăn nuôi|thu hoạch",
        r"được mùa|trúng mùa|mất mùa|được giá|trúng giá|vải thiều|cà phê|hồ tiêu|\btôm\b|"
        r"cây ăn (?:quả|trái)|phân bón|dịch tả lợn|sâu bệnh|"
        r"\blúa\b|trồng trọt|thủy sản|nông nghiệp|nông sản|cây trồng",
    ),
    "hoi_nghi": (r"hội nghị|tọa đàm|hội thảo|chuyên đề|diễn đàn|hội nghị trực tuyến",),
    "dang": (
        r"huy hiệu đảng|đảng (?:ủy|bộ|viên)|tỉnh ủy|huyện ủy|thành ủy|thị ủy|quận ủy|chi bộ|tuyên giáo",
        r"dân vận|đại hội (?:\S+ ){0,3}đảng|bộ chính trị|của đảng|\bđảng\b",
    ),
    "khac": (
        r"chủ tịch nước|thủ tướng|(?<!toàn )quốc hội|đbqh",
    ),  # the state's own news has no kind in the list
    "hdnd": (r"hđnd|hội đồng nhân dân",),
    "hanh_chinh": (
        r"\bubnd\b|ủy ban nhân dân|(?:họp|hội nghị|phiên) (?:phiên )?thường kỳ|cải cách hành chính|"
        r"chuyển đổi số",
        r"tiếp công dân|khởi công|thông xe|giải phóng mặt bằng|đầu tư công|đơn vị hành chính|"
        r"thủ tục hành chính|quy hoạch",
    ),
}

_EVENTS = (
    "quan_triet", "ngay_hoi_ddk", "tiep_xuc_cu_tri", "bau_cu", "dai_hoi", "nhan_su", "giao_ban", "tap_huan",
    "doi_thoai", "so_ket", "tong_ket", "doi_ngoai", "ky_niem", "moi_truong", "ra_quan", "cuoc_van_dong",
    "van_ban", "giam_sat", "kiem_tra", "guong", "kinh_te", "an_sinh", "van_hoa_the_thao", "thi_dua",
    "mo_hinh", "lam_viec", "thong_tin", "ntm", "lich_su", "nong_nghiep", "hoi_nghi",
)  # fmt: skip
# Of ours: what the organization does.
_OURS = ("phong_van", *_EVENTS, "quan_su", "phap_luat")
# Of others: crime and army, elections, then the topic, then whose meeting it was.
_OTHERS = (
    "phap_luat", "quan_su", "tiep_xuc_cu_tri", "bau_cu", "khac", "van_ban", "an_sinh", "ntm", "moi_truong",
    "van_hoa_the_thao", "dang", "hdnd", "hanh_chinh", "phong_van", *_EVENTS,
)  # fmt: skip
# Said in passing in many an opening: these decide in a title only.
_TITLE_ONLY = frozenset(
    {
        "lich_su",
        "van_ban",
        "giam_sat",
        "kiem_tra",
        "thong_tin",
        "nong_nghiep",
        "lam_viec",
        "quan_su",
        "phap_luat",
        "khac",
    }
)
_PERIOD = re.compile(r"(?:\b[369]|ba|sáu|chín) tháng đầu năm|\bquý i{1,3}\b")
_CAMPAIGN = re.compile(r"tình nguyện|mùa hè xanh|mùa đông|tháng thanh niên|chiến dịch")
_GREEN = re.compile(r"(?:chủ nhật|thứ bảy) xanh|(?:vệ sinh|bảo vệ) môi trường|rác thải|làm sạch")
_MARKET = re.compile(r"phiên chợ|hội chợ|bán hàng lưu động")
_COMPILED = {kind: sought(*cues) for kind, cues in _CUES.items()}
_KINDS_OF: dict[str, list[str]] = {}
"""The kinds by the phrases of which one stands where a cue does: an opening has those of a few, and to search
it for the cues of all took 900,000 instructions where none was found."""
for _kind, _cues in _CUES.items():
    for _phrase in standing(*_cues):
        _KINDS_OF.setdefault(_phrase, []).append(_kind)
_WORDS = tuple(phrase for phrase in _KINDS_OF if len(phrase) == 3 and phrase.isalpha())
"""Behind these a word ends in every match."""
_PHRASES = Phrases((phrase for phrase in _KINDS_OF if phrase not in _WORDS), _WORDS)


def kind_of(title: str, text: str, *, relevant: bool, grams: Grams | None = None) -> str:
    """Return the kind of an article.

    Title and text: lower case of :func:`vietnam.tones.match_form`. ``relevant``: whether an organization
    of ours is the subject. ``grams``: the :func:`vietnam.phrases.grams_of` of title, line break and text,
    where these are there already.
    """
    opening = text[:_OPENING]
    if grams is None:
        grams = grams_of(word_letters(f"{title}\n{opening}"))
    of_title, of_opening = grams[: len(title)], grams[len(title) + 1 :][:_OPENING]
    if _MARKET.search(title):
        return "cuoc_van_dong" if relevant else "kinh_te"
    order = _OURS if relevant else _OTHERS
    found = _first(title, of_title, order)
    if found == "nhan_su" and _COMPILED["dai_hoi"].search(opening):
        return "dai_hoi"  # "… giữ chức Chủ tịch nhiệm kỳ 2025-2030": what the congress decided
    if found == "ra_quan" and _GREEN.search(opening) and not _CAMPAIGN.search(title):
        return "moi_truong"  # "ra quân" alone says only that they set out
    if found == "hoi_nghi":  # says only that they met; the opening says what for
        found = _first(opening, of_opening, (kind for kind in order if kind != "hoi_nghi")) or "hoi_nghi"
    if found in (None, "hoi_nghi") and relevant and _PERIOD.search(opening):
        return "so_ket"
    if found:
        return found
    in_passing = _TITLE_ONLY if relevant else _TITLE_ONLY - {"phap_luat", "quan_su"}
    told = _first(opening, of_opening, (kind for kind in order if kind not in in_passing))
    return told or ("hoi_nghi" if relevant else "khac")  # an organization without another cue has met


def _first(text: str, grams: Grams, order: Iterable[str]) -> str | None:
    likely = {kind for phrase in _PHRASES.places(text, grams) for kind in _KINDS_OF[phrase]}
    return next((kind for kind in order if kind in likely and _COMPILED[kind].search(text)), None)
