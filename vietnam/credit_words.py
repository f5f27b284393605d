"""Vocabularies that tell a credit from another short line; all keys are :func:`vietnam.writing.fold` keys."""

from __future__ import annotations

import re

from vietnam.writing import fold, match_form


def _phrases(text: str) -> frozenset[str]:
    """Return the phrases of a text, in small letters and :func:`match_form`; accents tell "phần" from Phan."""
    return frozenset(
        match_form(phrase).lower() for phrase in text.replace("\n", "|").split("|") if phrase.strip()
    )


STAFF = frozenset(
    {"pv", "p v", "phong vien", "nhom pv", "nhom phong vien", "pv ctv", "ctv", "cong tac vien", "btv", "pvtt"}
    | {"phong vien thuong tru", "nhom tac gia", "pv tong hop", "pv th", "pv t h", "bien tap vien", "tong hop"}
)
BOARDS = ("bbt", "ban bien tap", "ban bt", "toa soan", "bo bien tap")

LOGINS = frozenset(
    {"admin", "administrator", "quantri", "quan tri", "quantrivien", "quan tri vien", "superuser", "root"}
    | {"super administrator", "superadmin", "editor", "webmaster", "moderator", "mod", "system", "he thong"}
    | {"quan tri he thong", "quan tri website", "quan tri web", "bientap", "banbientap", "nhaplieu", "user"}
    | {
        "guest",
        "test",
        "demo",
        "host",
        "portal",
        "cms",
        "vanthu",
        "adminportal",
        "quan tri cong",
        "anonymous",
    }
    | {"admin admin", "site admin", "adm", "editorial", "author", "wordpress", "joomla", "sysadmin"}
)

PUBLISHERS = (
    "bao ",
    "dai ",
    "tap chi ",
    "cong ",
    "trang ",
    "website",
    "ttxvn",
    "thong tan xa",
    "vov",
    "vtv",
    "internet",
)
NOT_A_SOURCE = (
    "ke hoach", "quyet dinh", "nghi quyet", "luat", "chi thi", "chuong trinh", "ong ", "ba ", "dong chi", "do", "bao cao",
    "du kien", "quy dinh", "thong tin", "thong bao", "nghi dinh", "hien phap", "dieu ", "bo luat", "ket luan", "thong ke",
    "cong van", "de an", "so lieu", "nguon tin", "huong dan", "phan cong", "to trinh", "danh gia", "co quan",
)  # fmt: skip

ORGANIZATIONS = (
    "hoi ", "ban ", "uy ban", "ub ", "ubmttq", "ubnd", "mttq", "mat tran", "doan ", "xa doan", "huyen doan", "tinh doan", "thanh doan",
    "thi doan", "quan doan", "trung tam", "tt ", "van phong", "vp ", "phong ", "so ", "chi cuc", "cuc ", "dai ", "lien doan", "ldld",
    "cong doan", "dang uy", "dang bo", "chi bo", "huyen uy", "tinh uy", "thanh uy", "quan uy", "thi uy", "truong ", "khoa ", "cong an",
    "bch ", "btv ", "btt ", "cong thong tin", "cong ttdt", "trang thong tin", "trang ttdt", "to ", "vien ", "hdnd", "bao ", "tap chi",
    "nha van hoa", "phuong ", "xa ", "huyen ", "thi tran", "thi xa ", "benh vien", "tram ", "chi hoi", "chi doan", "bo chi huy", "ban chqs",
    "toa an", "vien kiem sat", "kho bac", "ngan hang", "lien minh", "quy ", "thu vien", "bao tang", "hat ", "nha xuat ban", "vhtt", "pho ",
    "truong phong", "chu tich", "bi thu", "giam doc", "can bo", "cong chuc", "chuyen vien", "uy vien", "doi ", "bo doi", "lien hiep",
)  # fmt: skip

ACRONYMS = frozenset(
    {
        "ttxvn",
        "vov",
        "vtv",
        "mttq",
        "ubnd",
        "hdnd",
        "ubmttq",
        "ldld",
        "lhpn",
        "ttdt",
        "vhtt",
        "bch",
        "btv",
        "btt",
        "hnd",
        "ccb",
    }
    | {
        "tncs",
        "dcs",
        "ctv",
        "tphcm",
        "tp",
        "bbt",
        "stttt",
        "vptu",
        "qdnd",
        "cand",
        "vnexpress",
        "vtc",
        "htv",
        "ttvh",
    }
)

UNIT_PHRASES = frozenset(
    fold(phrase)
    for phrase in _phrases("""
    tỉnh|thành phố|tp|huyện|quận|thị xã|thị trấn|xã|phường|thôn|ấp|khóm|bản|khu phố|
    đặc khu|trung ương|việt nam|và|của|các|văn hóa|văn hoá|thông tin|thể thao|du lịch|
    truyền thanh|truyền hình|phát thanh|truyền thông|văn phòng|phòng|ban|tổ chức|tuyên giáo|
    dân vận|tuyên giáo và dân vận|kiểm tra|nội vụ|liên hiệp|phụ nữ|nông dân|cựu chiến binh|
    lao động|thanh niên|công đoàn|đoàn|mặt trận|tổ quốc|mặt trận tổ quốc|hội|ủy ban|uỷ ban|ủy|
    uỷ|huyện ủy|huyện uỷ|tỉnh ủy|thành ủy|đảng ủy|đảng uỷ|đảng bộ|chi bộ|điện tử|
    cổng thông tin|trang thông tin|biên tập|giáo dục|đào tạo|y tế|tư pháp|hành chính|quân sự|
    công an|trường|tiểu học|chính trị|mầm non|trung học cơ sở|trung học phổ thông|cao đẳng|
    đại học|khoa học|công nghệ|kinh tế|hạ tầng|tài nguyên|môi trường|nông nghiệp|phát triển|
    nông thôn|xã hội|văn xã|tổng hợp|thường trực|thường vụ|chấp hành|chỉ huy|biên phòng|
    thi hành án|dân sự|kiểm sát|nhân dân|hội đồng|hội đồng nhân dân|ủy ban nhân dân|
    chi cục trưởng|phó chi cục trưởng|trưởng|phó|trưởng phòng|phó trưởng phòng|phó trưởng ban|
    trưởng ban|chủ tịch|phó chủ tịch|bí thư|phó bí thư|giám đốc|phó giám đốc|chuyên viên|cán bộ|
    công chức|hội viên|thư ký|ủy viên|viên|nhà nước|pháp luật|nhà nước và pháp luật|lý luận|
    dịch vụ|sự nghiệp|công|văn nghệ|nghệ thuật|thư viện|bảo tàng|chữ thập đỏ|khuyến học|
    người cao tuổi|online|tổng|liên đoàn|trung tâm|cơ sở|cơ quan|khối|doanh nghiệp|cấp|bộ|sở|ngành|
    đài|trạm|tổ|đội|chi hội|chi đoàn|chi cục|cục|quản lý|tài chính|kế hoạch|thống kê|thuế|
    bảo hiểm|chính sách|xây dựng|đô thị|dân tộc|tôn giáo|thanh tra|đối ngoại|cựu|giao thông|
    công thương
    """)
)
"""Small-letter words of offices and positions: what stands in a unit beside capitals and acronyms."""

NOT_A_CREDIT = _phrases("""
    Việt Nam|Hà Nội|Sài Gòn|Hồ Chí Minh|Bác Hồ|Quyết định|Kế hoạch|Nghị quyết|Thông báo|Báo cáo|Kết luận|Nội dung|Phụ lục
    Lời nói đầu|Mục lục|Hướng dẫn|Quy chế|Điều lệ|Chương trình|Tờ trình|Công văn|Chỉ thị|Trang chủ|Liên hệ|Giới thiệu|Xem thêm
    Đọc thêm|Chia sẻ|Quay lại|Trở về|In trang|Bản in|Gửi email|Bình luận|Từ khóa|Tin tức|Tin mới|Tin liên quan|Văn bản|Kinh tế
    Văn hóa|Xã hội|Thể thao|Giáo dục|Y tế|Pháp luật|Chính trị|Đời sống|Du lịch|Thời sự|Quốc tế|Trong nước|Dân vận|Mặt trận
    Kính gửi|Nơi nhận|Trân trọng|Cảm ơn|Hết|Còn nữa|Đồng chí|Tổ quốc|Trung ương|Tác giả|Thông tin|Cộng hòa|Độc lập|Lịch sử
    Khoa học|Công nghệ|Quốc phòng|An ninh|Môi trường|Nông thôn mới|Phóng sự|Hình ảnh|Video|Infographic|Multimedia|Podcast
""")
"""Headings and menu words that are written like a name."""

NOT_A_NAME = tuple(
    phrase + " "
    for phrase in _phrases("""
    đồng chí|đ/c|ông|bà|anh hùng|toàn cảnh|quang cảnh|hình ảnh|một số|các|tại|trong|ngày|sáng ngày|chiều ngày|ủy ban
    ban thường|ban chấp|ban tổ|ban biên|ban tuyên|ban dân|ban công|hội nghị|hội đồng|hội liên|hội nông|hội phụ|hội cựu
    hội lhpn|hội chữ|hội người|đại hội|đảng bộ|đảng ủy|đảng cộng|chi bộ|trung tâm|văn phòng|mặt trận|công đoàn|liên đoàn
    đoàn thanh|chủ tịch|bí thư|phó chủ|phó bí|việt nam|nghị quyết|kế hoạch|quyết định|phong trào|thành phố|tin|video|ảnh
    cổng thông|trang thông|tổng hợp|nơi nhận|kính gửi|số|điều|chương|mục|phần|xin|cộng hòa|độc lập|từ khóa|chuyên mục|xem
    """)
)
"""How a short line begins that is no name, though all its words may be capitals."""

NO_PREFIX = frozenset({"mttq", "ubnd", "hdnd", "ldld", "ccb", "pv", "ctv"})
"""Acronyms that open a sentence before a dash without being a publisher's code."""

BELOW_TEXT = (
    "loading", "100", "tin cung chuyen muc", "tin lien quan", "bai viet lien quan", "cac tin khac", "tin khac", "cac bai khac",
    "tin moi hon", "tin cu hon", "nhung tin", "xem them", "doc them", "tai ve", "tai file", "file dinh kem", "tep dinh kem",
    "tai lieu dinh kem", "so lan doc", "luot xem", "luot doc", "so luot", "tro ve", "quay lai", "in trang", "ban in", "gui bai viet",
    "goi bai viet", "y kien ban doc", "binh luan", "tu khoa", "tag", "chia se", "danh gia", "gui email", "email", "print",
    "theo doi", "click", "facebook", "zalo", "link", "http", "ve dau trang", "len dau trang", "tong so diem", "ban quyen",
)  # fmt: skip

SURNAMES = frozenset(
    (
        "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh mai dao doan to cao ha luong luu ta truong"
        " tang quach trieu lam chau thai vuong kieu khuc phung tong tu ung vi vuu la lu luc ma mac nghiem nong on phi phu quang sung"
        " thach thang tieu ton van ho giang hua khuong lo giap bach chu diep ha hau kha khong lai cu chung chuong cam ca bo an au"
        " son danh kim y rah rcom rmah ksor siu kpa nay nie hmok ayun h adrong mlo eban dieu thi ro alang bling coor zoram bhling"
        " giang thao vang sung hang cu lau ly mua tan ban lo quang cam ha luong deo lu vang phin tho ba ne kato chamalea pinang"
    ).split()
)
GIVEN = frozenset(
    (
        "an anh ai bao bich binh bang bac cam canh chau chi chien chinh chung cong cuc cuong dai dan danh dao dat diem diep dinh"
        " dong du duc dung duy duong giang gia giao ha hai hang hanh hao hau hien hieu hoa hoai hoan hoang hong hop hue hung huong"
        " huu huy huyen khai khang khanh khoa khoi khue kien kieu kim ky lam lan lanh le lien lieu linh loan loc loi long luan luc"
        " luong luu ly mai man manh minh my nam nga ngan nghia ngoc nguyen nguyet nhan nhat nhi nhien nhu nhung ninh oanh phat phi"
        " phong phu phuc phung phuong quan quang que quoc quy quyen quynh son sang sinh sy tam tan tai thai thanh thao thang the"
        " thi thien thinh tho thoa thong thu thuan thuc thuy thuong tien tin tinh toan toai trang tri trieu trinh trong truc trung"
        " truong tu tuan tung tuyen tuyet uyen van vang viet vinh vu vuong vy xuan y yen trong trung tuong khiem hoan chuyen"
    ).split()
)
_SYLLABLE = re.compile(
    r"(?:ngh?|nh|n|gh|gi|g|kh|k|th|tr|t|ch|c|ph|p|qu|b|d|h|l|m|r|s|v|x)?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)


def is_syllable(key: str) -> bool:
    """Tell whether a folded syllable can be Vietnamese; the names of the minorities often cannot."""
    return _SYLLABLE.fullmatch(key) is not None
