"""Discovery of a real WordPress with three themes: ``python -m benchmarks.wordpress [THEME]...``

Its packages are Debian's and need not be installed: ``apt-get download`` them, unpack each with ``dpkg -x``
into one folder and name that in FRONTNEWS_WORDPRESS (``/`` without it). PHP with mysqli and MariaDB must be
there. Everything runs as this user, in a folder that is gone afterwards. Exits with 1 where a bound of
benchmarks.discovery is missed.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.discovery import Site, add_and_crawl, console, show
from tests.spiders.odd_sites import HOST_NAME, NAMES, corpus
from tests.spiders.small_portal import News

THEMES = ("twentytwentyone", "twentytwentytwo", "twentytwentythree")
THEMES_IN = "var/lib/wordpress/wp-content/themes"
PROGRAMS = ("php", "mariadbd", "mariadb-install-db")
PATIENCE = 60.0

CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:%(socket)s'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '%(address)s'); define('WP_SITEURL', '%(address)s'); define('DISABLE_WP_CRON', true);
define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
"""
ROUTER = """<?php
$file = __DIR__ . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (is_file($file)) { return false; }
$_SERVER['SCRIPT_NAME'] = '/index.php';
require __DIR__ . '/index.php';
"""
INSTALL = """<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '%(host)s'; $_SERVER['REQUEST_METHOD'] = 'GET'; $_SERVER['PHP_SELF'] = '/index.php';
function wp_mail() { return true; }
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('%(title)s', 'quantri', 'quantri@example.vn', true, '', 'secret');
"""
FILL = """<?php
$_SERVER['HTTP_HOST'] = '%(host)s'; $_SERVER['REQUEST_METHOD'] = 'GET'; $_SERVER['PHP_SELF'] = '/index.php';
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/taxonomy.php';
foreach (['timezone_string' => 'Asia/Ho_Chi_Minh', 'posts_per_page' => 8, 'date_format' => 'd/m/Y',
          'default_comment_status' => 'closed'] as $name => $value) { update_option($name, $value); }
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%%year%%/%%monthnum%%/%%day%%/%%postname%%/');
wp_delete_post(1, true); wp_delete_post(2, true);
$site = json_decode(file_get_contents('php://stdin'), true);
$menu = wp_create_nav_menu('Menu'); $ids = [];
foreach ($site['sections'] as $slug => $name) {
  $ids[$slug] = wp_insert_category(['cat_name' => $name, 'category_nicename' => $slug]);
  wp_update_nav_menu_item($menu, 0, ['menu-item-title' => $name, 'menu-item-object' => 'category',
    'menu-item-object-id' => $ids[$slug], 'menu-item-type' => 'taxonomy', 'menu-item-status' => 'publish']);
}
set_theme_mod('nav_menu_locations', ['primary' => $menu]);
$addresses = [];
foreach ($site['posts'] as $post) {
  $id = wp_insert_post(['post_title' => $post['title'], 'post_content' => $post['content'],
    'post_date' => $post['date'], 'post_status' => 'publish', 'post_author' => 1,
    'post_category' => [$ids[$post['section']]]]);
  $addresses[$post['number']] = get_permalink($id);
}
$wp_rewrite->flush_rules();
echo json_encode($addresses);
"""
SWITCH = """<?php
$_SERVER['HTTP_HOST'] = '%(host)s'; $_SERVER['REQUEST_METHOD'] = 'GET'; $_SERVER['PHP_SELF'] = '/index.php';
require __DIR__ . '/wp-load.php';
$menus = wp_get_nav_menus();
switch_theme('%(theme)s');
set_theme_mod('nav_menu_locations', ['primary' => $menus[0]->term_id]);
"""


@dataclass(frozen=True, slots=True)
class WordPress:
    """A WordPress that runs: its folder, its address, and the addresses of its articles by their numbers."""

    folder: Path
    address: str
    articles: dict[int, str]

    def wear(self, theme: str) -> None:
        """Put a theme on."""
        _php(self.folder, SWITCH, host=urlsplit(self.address).netloc, theme=theme)

    def site(self, theme: str) -> Site:
        """What discovery should find and a crawl should keep."""
        wanted = {slug: scope for slug, (_, scope) in NAMES.items() if scope in ("front", "news")}
        news = corpus()
        kept = {self.articles[n.number] for slug in wanted for n in news[slug] if not n.off_topic}
        off = {self.articles[n.number] for some in news.values() for n in some if n.off_topic}
        sections = {f"/category/{slug}/": scope for slug, scope in wanted.items()}
        return Site(theme, f"{self.address}/", "wordpress", sections, True, frozenset(kept), frozenset(off))


def missing(packages: Path) -> list[str]:
    """What is not here of what a WordPress needs."""
    programs = [name for name in PROGRAMS if shutil.which(name) is None]
    themes = [name for name in THEMES if not (packages / THEMES_IN / name).is_dir()]
    core = [] if (packages / "usr/share/wordpress/wp-load.php").is_file() else ["wordpress"]
    return [*programs, *core, *(f"wordpress-theme-{name}" for name in themes)]


@contextmanager
def running(packages: Path) -> Iterator[WordPress]:
    """A WordPress of Debian's packages with our articles, on loopback."""
    with tempfile.TemporaryDirectory(prefix="fn-wp-") as name:
        folder = Path(name)
        root = folder / "wordpress"
        shutil.copytree(packages / "usr/share/wordpress", root, symlinks=True)
        themes = root / "wp-content" / "themes"
        if themes.is_symlink():
            themes.unlink()
        shutil.rmtree(themes, ignore_errors=True)
        shutil.copytree(packages / THEMES_IN, themes)
        host = f"127.0.0.1:{_free_port()}"
        with _database(folder) as database:
            text = CONFIG % {"socket": database, "address": f"http://{host}"}
            (root / "wp-config.php").unlink(missing_ok=True)
            (root / "wp-config.php").write_text(text)
            (root / "router.php").write_text(ROUTER)
            _php(root, INSTALL, host=host, title=HOST_NAME)
            every = [news for some in corpus().values() for news in some]
            told = _php(root, FILL, json.dumps(_content(every)), host=host)
            articles = {int(number): address for number, address in json.loads(told).items()}
            server = subprocess.Popen(
                ["php", "-S", host, "-t", str(root), str(root / "router.php")],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                _wait(host)
                yield WordPress(root, f"http://{host}", articles)
            finally:
                server.terminate()
                server.wait()


def _content(every: list[News]) -> dict[str, object]:
    posts = [
        {
            "number": news.number, "title": news.title, "section": news.section,
            "content": "\n\n".join(f"<p>{text}</p>" for text in news.paragraphs()),
            "date": f"{news.day:%Y-%m-%d %H:%M:%S}",
        }
        for news in every
    ]  # fmt: skip
    return {"sections": {slug: name for slug, (name, _) in NAMES.items()}, "posts": posts}


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """A MariaDB of our own on a socket, with an empty database."""
    data, address = folder / "data", str(folder / "db.sock")
    user = ["--user=root"] if os.geteuid() == 0 else []
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db",
         "--auth-root-authentication-method=normal", *user],
        check=True, capture_output=True,
    )  # fmt: skip
    server = subprocess.Popen(
        ["mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={address}", "--skip-networking",
         f"--pid-file={folder / 'db.pid'}", *user],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        connect = f"$c = new mysqli('localhost', 'root', '', '', 0, '{address}');"
        make = f"{connect} $c->query('CREATE DATABASE wordpress');"
        until = time.monotonic() + PATIENCE
        while subprocess.run(["php", "-r", make], capture_output=True, check=False).returncode != 0:
            if time.monotonic() > until:
                raise TimeoutError("MariaDB does not answer")
            time.sleep(0.3)
        yield address
    finally:
        server.terminate()
        server.wait()


def _php(root: Path, code: str, stdin: str = "", **values: str) -> str:
    """Run a script inside WordPress and return what it printed."""
    script = root / "frontnews-script.php"
    script.write_text(code % values)
    done = subprocess.run(
        ["php", str(script)], input=stdin, capture_output=True, text=True, check=False, cwd=root
    )
    script.unlink()
    if done.returncode != 0:
        raise RuntimeError(f"PHP: {done.stdout[-500:]} {done.stderr[-500:]}")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(host: str) -> None:
    name, _, port = host.partition(":")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection((name, int(port)), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("PHP does not answer")


def main(names: list[str]) -> int:
    """Discover, add, check and crawl each theme."""
    packages = Path(os.environ.get("FRONTNEWS_WORDPRESS", "/"))
    lacking = missing(packages)
    if lacking:
        console.print(f"wordpress: not here: {', '.join(lacking)}", soft_wrap=True)
        return 1
    outcomes = []
    with running(packages) as wordpress:
        for theme in names or THEMES:
            wordpress.wear(theme)
            with tempfile.TemporaryDirectory() as folder:
                outcomes.append(add_and_crawl(wordpress.site(theme), Path(folder)))
    return show(outcomes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
