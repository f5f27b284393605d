"""Vocabularies that tell a credit from another short line.

Phrases are written as they are spelled and compared in small letters of ``tones.match_form``, where
accents tell "báo" from "bão" and "phần" from the name Phan; names, units and staff marks are compared
as :func:`vietnam.writing.fold` keys, because both are often typed without accents.
"""

from __future__ import annotations

import re

from vietnam.tones import match_form
from vietnam.writing import fold


def _phrases(text: str) -> frozenset[str]:
    """Return the phrases of a text, one or more a line between bars, in :func:`match_form`."""
    return frozenset(match_form(part).lower() for part in text.replace("\n", "|").split("|") if part.strip())


def _keys(text: str) -> frozenset[str]:
    return frozenset(map(fold, _phrases(text)))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _openings(text: str) -> tuple[str, ...]:
    """Return phrases with the space behind them, for ``str.startswith`` on a line with a space added."""
    return tuple(f"{phrase} " for phrase in _phrases(text))


STAFF = _keys("""
    PV|P.V|Phóng viên|Nhóm PV|Nhóm phóng viên|PV - CTV|CTV|Cộng tác viên|BTV|Biên tập viên|PVTT
    Nhóm tác giả|Phóng viên thường trú|PV tổng hợp|PV (th)|PV (t/h)|Tổng hợp
    """)
BOARDS = _openings("BBT|Ban biên tập|Ban BT|Tòa soạn|Bộ biên tập")

LOGINS = _words("""
    admin administrator administrators quantri quantrivien quantriweb superuser superadmin root editor
    webmaster moderator mod system hethong bientap banbientap nhaplieu user guest test demo host portal
    cms vanthu anonymous adm author wordpress joomla drupal sysadmin siteadmin
    """)
"""Accounts of a CMS, without spaces ("Super User" is "superuser")."""
LOGIN_PHRASES = _phrases("""
    super user|quản trị|quản trị viên|quản trị hệ thống|quản trị website|quản trị web|quản trị cổng
    hệ thống|quan tri|quan tri vien|quan tri he thong|super administrator|site admin|super admin
    """)
"""Accounts whose display name has several words; "Ban biên tập" is a credit, "banbientap" is not."""

PUBLISHERS = _openings("báo|đài|tạp chí|cổng|trang|website|ttxvn|thông tấn xã|vov|vtv|internet|cổng ttđt")
NOT_A_SOURCE = _openings("""
    kế hoạch|quyết định|nghị quyết|luật|chỉ thị|chương trình|ông|bà|đồng chí|đ/c|đó|đó,|báo cáo|dự kiến
    quy định|thông tin|thông báo|nghị định|hiến pháp|điều|bộ luật|kết luận|thống kê|công văn|đề án
    số liệu|nguồn tin|hướng dẫn|phân công|tờ trình|đánh giá|cơ quan|anh|chị|em|tôi|lời|ban tổ chức|sở
    ubnd|ủy ban|công an|phòng|lãnh đạo|quan điểm|kết quả
    """)

ORGANIZATIONS = _openings("""
    hội|ban|ủy ban|ub|ubmttq|ubnd|ub mttq|ub.mttq|mttq|mặt trận|đoàn|xã đoàn|huyện đoàn|tỉnh đoàn
    thành đoàn|thị đoàn|quận đoàn|trung tâm|tt|văn phòng|vp|phòng|sở|chi cục|cục|đài|liên đoàn|lđlđ
    công đoàn|đảng ủy|đảng bộ|chi bộ|huyện ủy|tỉnh ủy|thành ủy|quận ủy|thị ủy|trường|khoa|công an|bch
    btv|btt|cổng thông tin|cổng ttđt|trang thông tin|trang ttđt|tổ|viện|hđnd|báo|tạp chí|nhà văn hóa
    phường|xã|huyện|thị trấn|thị xã|bệnh viện|trạm|chi hội|chi đoàn|bộ chỉ huy|ban chqs|tòa án
    viện kiểm sát|kho bạc|ngân hàng|liên minh|quỹ|thư viện|bảo tàng|hạt|nhà xuất bản|vhtt|phó|trưởng
    chủ tịch|bí thư|giám đốc|cán bộ|công chức|chuyên viên|ủy viên|đội|bộ đội|liên hiệp|tuổi trẻ
    đoàn thanh niên|hội lhpn|hội nd|hội ccb|thường trực
    """)
"""How organizations, and positions behind a name, begin."""

NOT_ALONE = _openings("""
    xã|huyện|phường|thị trấn|thị xã|phó|trưởng|chủ tịch|bí thư|giám đốc|cán bộ|công chức|chuyên viên
    ủy viên
    """)
"""Of these, what is a unit behind a name but no credit of its own: places and positions."""

YOUTH_UNIONS = _openings("xã đoàn|phường đoàn|huyện đoàn|thị đoàn")
"""Units that begin like a place."""

ACRONYMS = _words("""
    ttxvn vov vtv mttq ubnd hdnd ubmttq ldld lhpn ttdt vhtt bch btv btt hnd ccb tncs dcs ctv tphcm tp
    bbt stttt vn mt php vptu qdnd cand vtc htv ttvh ttth ptth vhttdl kt nd th bt vp
    """)
"""Capitals that are an office or a mark; other two to four capitals may be a person's initials."""

NOT_A_CREDIT = _phrases("""
    Ủy ban|MTTQ|MTTQ Việt Nam|Mặt trận Tổ quốc|Mặt trận Tổ quốc Việt Nam|Hội Nông dân|Hội Phụ nữ
    Hội Liên hiệp Phụ nữ|Hội Cựu chiến binh|Đoàn Thanh niên|Công đoàn|Liên đoàn Lao động|Toàn Đảng|Toàn dân
    Việt Nam|Hà Nội|Sài Gòn|Hồ Chí Minh|Bác Hồ|Quyết định|Kế hoạch|Nghị quyết|Thông báo|Báo cáo|Kết luận
    Nội dung|Phụ lục|Lời nói đầu|Mục lục|Hướng dẫn|Quy chế|Điều lệ|Chương trình|Tờ trình|Công văn
    Chỉ thị|Trang chủ|Liên hệ|Giới thiệu|Xem thêm|Đọc thêm|Chia sẻ|Quay lại|Trở về|In trang|Bản in
    Gửi email|Bình luận|Từ khóa|Tin tức|Tin mới|Tin liên quan|Văn bản|Kinh tế|Văn hóa|Xã hội|Thể thao
    Giáo dục|Y tế|Pháp luật|Chính trị|Đời sống|Du lịch|Thời sự|Quốc tế|Trong nước|Dân vận|Mặt trận
    Kính gửi|Nơi nhận|Trân trọng|Cảm ơn|Hết|Còn nữa|Đồng chí|Tổ quốc|Trung ương|Tác giả|Thông tin
    Cộng hòa|Độc lập|Lịch sử|Khoa học|Công nghệ|Quốc phòng|An ninh|Môi trường|Nông thôn mới|Phóng sự
    Hình ảnh|Video|Infographic|Multimedia|Podcast|Đại đoàn kết|Tự do|Hạnh phúc|Mở đầu|Mở bài|Tổng kết
    Khai mạc|Bế mạc|Giải pháp|Kết quả|Nhiệm vụ|Hạn chế|Kiến nghị|Đề xuất|Hội nghị|Hội thảo|Hội thi
    Hội trại|Trường Sa|Hoàng Sa|Thành tích|Đặc điểm|Phương hướng|Bài học|Chủ tịch|Bí thư|Giám đốc
    Người ký|Đã ký|Bài viết|Bạn đọc|Tổng số|Thứ hai|Chủ nhật
    """)
"""Headings, menu words and tags that are written like a credit."""

NOT_A_NAME = _openings("""
    đồng chí|đ/c|ông|bà|anh hùng|toàn cảnh|quang cảnh|hình ảnh|một số|các|tại|trong|ngày|sáng ngày
    chiều ngày|ủy ban|ban thường|ban chấp|ban tổ|ban biên|ban tuyên|ban dân|ban công|ban quản|ban chỉ
    hội|đại hội|đảng bộ|đảng ủy|đảng cộng|đảng|chi bộ|trung tâm|văn phòng|mặt trận|công đoàn|liên đoàn
    đoàn thanh|chủ tịch|bí thư|phó chủ|phó bí|phó trưởng|phó giám|phó ban|việt nam|nghị quyết|kế hoạch
    quyết định|phong trào|thành phố|tin|video|ảnh|cổng thông|trang thông|tổng hợp|nơi nhận|kính gửi|số
    mục|phần|xin|cộng hòa|độc lập|từ khóa|chuyên mục|xem|xã|phường|huyện|tỉnh|quận|thôn|ấp|khóm|bản|khu
    phòng|sở|lễ|chi hội|chi đoàn|thị trấn|thị xã|tổ dân|trường|đài|báo|tạp chí|câu lạc|clb|công ty
    tập đoàn|nhà|quốc hội|chính phủ|thủ tướng|bộ trưởng|tỉnh ủy|huyện ủy|ubnd|hđnd|ủy|chiến dịch|cuộc
    chào mừng|kỷ niệm|nhân dân|vì người|theo|nguồn|cùng|và|với|đến|về|chúc|kính|tết|mùa|thư|biển
    điện biên|năm|tháng|chị|không|có|đã|được|cần|phải
    """)
"""How a short line begins that is no name, though all its words may be capitals."""

BELOW_TEXT = _openings("""
    loading|100%|tin cùng chuyên mục|tin liên quan|bài viết liên quan|các tin khác|tin khác|các bài khác
    các bài viết khác|tin mới hơn|tin cũ hơn|những tin mới hơn|những tin cũ hơn|xem thêm|đọc thêm|tải về
    tải file|tải tệp|file đính kèm|tệp đính kèm|tập tin đính kèm|tài liệu đính kèm|số lần đọc|lượt xem
    lượt đọc|số lượt xem|số lượt|trở về|quay lại|in trang|bản in|gửi bài viết|gởi bài viết
    ý kiến bạn đọc|bình luận|từ khóa|tag|tags|chia sẻ|đánh giá|gửi email|email|print|theo dõi|click
    facebook|zalo|link|http|https|về đầu trang|lên đầu trang|tổng số điểm|bản quyền|quảng cáo
    đọc bài viết|cỡ chữ
    """)

UNIT_PHRASES = _keys("""
    tỉnh|thành phố|tp|huyện|quận|thị xã|thị trấn|xã|phường|thôn|ấp|khóm|bản|khu phố|đặc khu|trung ương
    việt nam|và|của|các|văn hóa|thông tin|thể thao|du lịch|truyền thanh|truyền hình|phát thanh
    truyền thông|văn phòng|phòng|ban|tổ chức|tuyên giáo|dân vận|kiểm tra|nội vụ|liên hiệp|phụ nữ
    nông dân|cựu chiến binh|lao động|thanh niên|công đoàn|đoàn|mặt trận|tổ quốc|hội|ủy ban|ủy|huyện ủy
    tỉnh ủy|thành ủy|đảng ủy|đảng bộ|chi bộ|điện tử|cổng thông tin|trang thông tin|biên tập|giáo dục
    đào tạo|y tế|tư pháp|hành chính|quân sự|công an|trường|tiểu học|chính trị|mầm non|trung học cơ sở
    trung học phổ thông|cao đẳng|đại học|khoa học|công nghệ|kinh tế|hạ tầng|tài nguyên|môi trường
    nông nghiệp|phát triển|nông thôn|xã hội|văn xã|tổng hợp|thường trực|thường vụ|chấp hành|chỉ huy
    biên phòng|thi hành án|dân sự|kiểm sát|nhân dân|hội đồng|chi cục trưởng|phó chi cục trưởng|trưởng
    phó|trưởng phòng|phó trưởng phòng|phó trưởng ban|trưởng ban|chủ tịch|phó chủ tịch|bí thư|phó bí thư
    giám đốc|phó giám đốc|chuyên viên|cán bộ|công chức|hội viên|thư ký|ủy viên|viên|nhà nước|pháp luật
    lý luận|dịch vụ|sự nghiệp|công|văn nghệ|nghệ thuật|thư viện|bảo tàng|chữ thập đỏ|khuyến học
    người cao tuổi|online|tổng|liên đoàn|trung tâm|cơ sở|cơ quan|khối|doanh nghiệp|cấp|bộ|sở|ngành|đài
    trạm|tổ|đội|chi hội|chi đoàn|chi cục|cục|quản lý|tài chính|kế hoạch|thống kê|thuế|bảo hiểm
    chính sách|xây dựng|đô thị|dân tộc|tôn giáo|thanh tra|đối ngoại|cựu|giao thông|công thương|cổng
    trang|báo|tạp chí|nhà văn hóa|bệnh viện|tòa án|ngân hàng|quỹ|liên minh|hợp tác xã|tuổi trẻ|tin tức
    phong trào|tuyên huấn|tuyên truyền|thi đua|khen thưởng|nữ công|tham mưu
    """)
"""Small-letter words of offices and positions: what stands in a unit beside capitals and acronyms."""

SURNAMES = _words("""
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh mai dao doan to
    cao ha luong luu ta truong tang quach trieu lam chau thai vuong kieu khuc phung tong tu ung vi vuu
    la lu luc ma mac nghiem nong on phi phu quang sung thach thang tieu ton van giang hua khuong lo giap
    bach chu diep hau kha khong lai cu chung chuong cam ca bo an au son danh kim y rah rcom rmah ksor
    siu kpa nay nie hmok ayun h adrong mlo eban dieu thi ro alang bling coor zoram bhling thao vang hang
    lau mua tan ban deo phin tho ba ne kato chamalea pinang
    """)
GIVEN = _words("""
    an anh ai bao bich binh bang bac cam canh chau chi chien chinh chung cong cuc cuong dai dan danh dao
    dat diem diep dinh dong du duc dung duy duong giang gia giao ha hai hang hanh hao hau hien hieu hoa
    hoai hoan hoang hong hop hue hung huong huu huy huyen khai khang khanh khiem khoa khoi khue khuyen
    kien kieu kim ky lam lan lanh le lien lieu linh loan loc loi long luan luc luong luu ly mai man manh
    minh my nam nga ngan nghia ngoc nguyen nguyet nhan nhat nhi nhien nhu nhung ninh oanh phat phi phong
    phu phuc phung phuong quan quang que quoc quy quyen quynh san son sang sinh sy tam tan tai thai
    thanh thao thang the thi thien thinh tho thoa thong thu thuan thuc thuy thuong tien tin tinh toan
    toai trang tri trieu trinh trong truc trung truong tu tuan tung tuong tuyen tuyet uyen van vang viet
    vinh vu vuong vy xuan y yen
    """)
"""Frequent syllables of given names, to tell a name in capitals from a heading in capitals."""

NAME_SYLLABLES = GIVEN | SURNAMES

_SYLLABLE = re.compile(
    r"(?:ngh?|nh|n|gh|gi|g|kh|k|th|tr|t|ch|c|ph|p|qu|b|d|h|l|m|r|s|v|x)?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)


def is_syllable(key: str) -> bool:
    """Tell whether a folded syllable can be Vietnamese; the names of the minorities often cannot."""
    return _SYLLABLE.fullmatch(key) is not None
