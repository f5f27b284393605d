"""What kind of event an article reports: one of the closed list of reference/organizations.yaml."""

from __future__ import annotations

import re

_KIND_NAMES = (
    "giao_ban|so_ket|tong_ket|dai_hoi|giam_sat|bau_cu|nhan_su|an_sinh|ngay_hoi_ddk|cuoc_van_dong|tap_huan|ra_quan|"
    "doi_thoai|mo_hinh|ky_niem|kinh_te|van_ban|guong|moi_truong|thi_dua|hoi_nghi|lam_viec|kiem_tra|quan_triet|"
    "thong_tin|phong_van|doi_ngoai|ntm|tiep_xuc_cu_tri|nong_nghiep|dang|hdnd|hanh_chinh|quan_su|phap_luat|"
    "lich_su|van_hoa_the_thao|khac"
)
KINDS = frozenset(_KIND_NAMES.split("|"))
"""The closed list of the contract."""

_CHARITY = (
    r"vì người nghèo|đại đoàn kết|nhà (?:tình thương|tình nghĩa|tạm|dột nát|nhân ái|ở cho)|mái ấm|"
    r"tặng (?:\S+ ){0,4}quà|"
    r"trao (?:\S+ ){0,4}quà|suất quà|quà tết|ủng hộ|hỗ trợ (?:\S+ ){0,4}(?:hộ nghèo|khó khăn|nhà)|"
    r"người nghèo|hộ nghèo|"
    r"chăm lo|tết sum vầy|gia đình chính sách|từ thiện|nhân đạo|cứu trợ|quỹ vì biển đảo|vì biển đảo|an sinh|"
    r"thăm,? (?:hỏi|tặng)|trao nhà|bàn giao nhà|hoàn cảnh khó khăn|tặng (?:\S+ ){0,3}xe đạp|học bổng|"
    r"for the poor"
)
_GREEN = (
    r"chủ nhật xanh|môi trường|trồng (?:\S+ ){0,2}(?:cây|hoa|rừng)|dọn vệ sinh|rác thải|"
    r"xanh[ -]+sạch[ -]+đẹp|hút đinh|rác"
)
_CAMPAIGN = r"cuộc vận động|hàng việt|5 không,? 3 sạch|tdđkxdđs|dân vận khéo|toàn dân đoàn kết xây dựng"
_LOANS = (
    r"giải ngân|vay vốn|vốn vay|tiết kiệm và vay vốn|quỹ (?:hỗ trợ nông dân|htnd)|nguồn vốn|"
    r"vốn ưu đãi|tín dụng chính sách"
)

# In order: the first that a title matches is the kind; then the first that the opening matches.
_RULES: tuple[tuple[str, str], ...] = (
    ("phap_luat", r"công an (?:huyện|tỉnh|xã|phường|thành phố|quận|tp)|"
                  r"bắt (?:giữ|quả tang|đối tượng|tạm giam)|ma túy|khởi tố|"
                  r"tàng trữ|truy nã|xét xử|tội phạm|tai nạn giao thông|tòa án"),
    ("quan_su", r"nhập ngũ|giao,? (?:nhận )?quân|tân binh|nghĩa vụ quân sự|tòng quân|dân quân|quân dự bị|"
                r"diễn tập"),
    ("phong_van", r"phỏng vấn"),
    ("quan_triet", r"quán triệt|học tập,? (?:\S+ ){0,6}nghị quyết|triển khai nghị quyết"),
    ("ngay_hoi_ddk", r"ngày hội (?:đại )?đoàn kết"),
    ("tiep_xuc_cu_tri", r"tiếp xúc (?:với )?cử tri"),
    ("bau_cu", r"bầu cử|ứng cử|hiệp thương lần thứ|lá phiếu|cử tri (?:\S+ ){0,6}(?:ứng cử|bầu)|"
               r"giới thiệu người ứng"),
    ("nhan_su", r"hiệp thương cử|(?:cử|bầu) bổ sung|bổ nhiệm|điều động|luân chuyển|"
                r"kiện toàn (?:\S+ ){0,3}(?:nhân sự|chức danh)|"
                r"công tác cán bộ$|trao quyết định"),
    ("dai_hoi", r"(?<!chào mừng )(?<!hướng tới )(?<!hướng về )(?<!nghị quyết )(?<!ngày )\bđại hội\b"
                r"(?! đảng| cổ đông| [ivx]+ của đảng| thể thao| tdtt)|"
                r"phiên trù bị|re-elected|congress"),
    ("giao_ban", r"giao ban"),
    ("tap_huan", r"tập huấn|bồi dưỡng (?:nghiệp vụ|kiến thức|cán bộ|kỹ năng)|lớp bồi dưỡng"),
    ("doi_thoai", r"đối thoại"),
    ("so_ket", r"sơ kết"),
    ("tong_ket", r"tổng kết"),
    ("doi_ngoai", r"hội đàm|đối ngoại|hữu nghị|mặt trận lào|hợp tác quốc tế|vương quốc|campuchia"),
    ("ky_niem", r"kỷ niệm (?:\d+|lần thứ)|kỉ niệm \d+|ôn lại truyền thống|"
                r"gặp mặt (?:\S+ ){0,8}(?:thời kỳ|truyền thống)|mít tinh|họp mặt"),
    ("moi_truong", _GREEN),
    ("ra_quan", r"ra quân|thanh niên tình nguyện|tình nguyện hè|mùa hè xanh|tình nguyện"),
    ("cuoc_van_dong", _CAMPAIGN),
    ("van_ban", r"^(?:quyết định|kế hoạch|nghị quyết|hướng dẫn|thông tri|công văn|chỉ thị|thông báo|"
                r"dự thảo)\b(?=.*(?:số|quy định|về|ban hành))"),
    ("giam_sat", r"giám sát|phản biện xã hội"),
    ("kinh_te", _LOANS),
    ("an_sinh", _CHARITY),
    ("van_hoa_the_thao", r"giải (?:bóng|cầu lông|việt dã|thể thao|vô địch|quần vợt|cờ)|bóng (?:chuyền|đá)|"
                         r"hội thao|văn nghệ|thể dục|liên hoan|"
                         r"thể thao|lễ hội|di tích|hội diễn"),
    ("thi_dua", r"thi đua|khen thưởng|giải (?:nhất|nhì|ba|thưởng)|hội thi|cuộc thi|tuyên dương|biểu dương|"
                r"tôn vinh điển hình|bằng khen"),
    ("mo_hinh", r"mô hình|câu lạc bộ|đường hoa|tổ hợp tác|khởi nghiệp|sinh kế"),
    ("guong", r"điển hình|làm kinh tế giỏi|gương (?:sáng|người|mẫu)|làm giàu|vượt khó|chi hội trưởng|"
              r"người (?:truyền|giữ) lửa"),
    ("lam_viec", r"làm việc (?:với|tại)|buổi làm việc"),
    ("kiem_tra", r"kiểm tra"),
    ("thong_tin", r"trang thông tin|cổng thông tin|thông tin điện tử|lịch (?:công tác|tiếp)"),
    ("ntm", r"nông thôn mới|\bntm\b|đô thị văn minh"),
    ("lich_su", r"lịch sử|truyền thống|cách mạng tháng tám|kháng chiến"),
    ("nong_nghiep", r"vụ (?:đông xuân|hè thu|mùa|xuân)|xuống giống|gieo (?:cấy|sạ)|chăn nuôi|thu hoạch|"
                    r"dịch bệnh|sâu bệnh|lúa|trồng trọt|thủy sản"),
    ("hoi_nghi", r"hội nghị|tọa đàm|hội thảo|chuyên đề"),
)  # fmt: skip
# Party, council and government news, where no organization of ours is the subject.
_OFFICIAL: tuple[tuple[str, str], ...] = (
    ("dang", r"huy hiệu đảng|đảng (?:ủy|bộ|viên|bộ)|tỉnh ủy|huyện ủy|thành ủy|thị ủy|quận ủy|chi bộ|"
             r"tuyên giáo|dân vận|"
             r"đại hội (?:\S+ ){0,3}đảng|bộ chính trị|của đảng"),
    ("hdnd", r"hđnd (?:\S+ ){0,3}(?:kỳ họp|họp|thông qua|khóa|tổ chức|giám sát|thẩm tra)|kỳ họp|"
             r"hội đồng nhân dân"),
    ("hanh_chinh", r"ubnd|ủy ban nhân dân|(?:họp|hội nghị|phiên) (?:phiên )?thường kỳ|cải cách hành chính|"
                   r"giải phóng mặt bằng|đầu tư công|"
                   r"chủ tịch nước"),
)  # fmt: skip
_FIRST_OF_ALL = frozenset({"phap_luat", "quan_su", "tiep_xuc_cu_tri", "bau_cu", "phong_van"})
# Said in passing in many openings: they decide in a title only.
_TITLE_ONLY = frozenset(
    {"lich_su", "van_ban", "giam_sat", "kiem_tra", "thong_tin", "hoi_nghi", "nong_nghiep", "lam_viec"}
)
_BARE_TITLE = re.compile(r"^(?:\S+ ){1,4}\S+$")
_PERIOD = re.compile(r"(?:6|9|ba|sáu|chín|3) tháng đầu năm|quý i{1,3}\b")
_MARKET = re.compile(r"phiên chợ|hội chợ|bán hàng lưu động")
_PORTRAIT = re.compile(
    r"^(?:ccb|cựu chiến binh|ông|bà|chị|anh|người) |ccb (?:\S+ ){0,3}làm|"
    r"(?:ông|chị|anh|bà|ccb) [a-zđà-ỹ]+ [a-zđà-ỹ]+"
)

_COMPILED = {kind: re.compile(pattern) for kind, pattern in (*_RULES, *_OFFICIAL)}
_OPENING = 500


def kind_of(title: str, text: str, *, relevant: bool) -> str:
    """Return the kind of an article. Title and text in lower case match form."""
    opening = text[:_OPENING]
    if _MARKET.search(title):
        return "cuoc_van_dong" if relevant else "kinh_te"
    found = _first(title, relevant=relevant, in_title=True)
    if found in (None, "hoi_nghi") and relevant and _PERIOD.search(opening):
        return "so_ket"
    if found:
        return found
    return _first(opening, relevant=relevant, in_title=False) or "khac"


def _first(text: str, *, relevant: bool, in_title: bool) -> str | None:
    if not relevant:
        for kind in ("phap_luat", "quan_su", "tiep_xuc_cu_tri", "bau_cu"):
            if _COMPILED[kind].search(text):
                return kind
        for kind, _ in _OFFICIAL:
            if _COMPILED[kind].search(text):
                return kind
    for kind, _ in _RULES:
        if not in_title and kind in _TITLE_ONLY:
            continue
        if _COMPILED[kind].search(text):
            return kind
    return None
