"""Style and script of the teacher's page: light and dark, no build."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--fg:#1b1d21;--bg:#fff;--soft:#f2f4f7;--line:#c9ced6;--accent:#1f5fae;
--dim:#545b66;--marked:#a8261c}
@media(prefers-color-scheme:dark){:root{--fg:#e7e9ee;--bg:#15171b;--soft:#22262d;--line:#434a55;
--accent:#8ab8f5;--dim:#adb4bf;--marked:#ff9d94}}
*{box-sizing:border-box}
body{margin:0;padding:1rem clamp(1rem,3vw,2.5rem);font:15px/1.5 system-ui,sans-serif;
color:var(--fg);background:var(--bg)}
header{display:flex;gap:1rem;align-items:center;flex-wrap:wrap}
header p{margin:0 0 0 auto;color:var(--dim)}
h1{font-size:1.4rem;margin:.2rem 0}h2{font-size:1.1rem;margin:1.6rem 0 .5rem}
dl{display:flex;flex-wrap:wrap;gap:.6rem;margin:0 0 1rem}
dl div{background:var(--soft);border-radius:8px;padding:.5rem .9rem;min-width:6rem}
dt{color:var(--dim);font-size:.85rem}
dd{margin:0;font-size:1.25rem;font-variant-numeric:tabular-nums}
form{display:inline-flex;gap:.35rem;align-items:center;
margin:0 .35rem .2rem 0;vertical-align:middle}
button,input{font:inherit;color:inherit;border:1px solid var(--line);border-radius:6px;
padding:.25rem .65rem;background:var(--bg);min-height:28px}
button{background:var(--soft);cursor:pointer}
button:hover{border-color:var(--accent)}
a{color:var(--accent);white-space:nowrap;display:inline-block;padding:.2rem 0}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.scroll{overflow-x:auto}
.scroll table{min-width:58rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .7rem;border-bottom:1px solid var(--line);
vertical-align:baseline}
thead th{color:var(--dim);font-weight:600;white-space:nowrap}
tbody th{font-weight:600}
.marked{color:var(--marked);font-weight:600}
.prompt{overflow-wrap:anywhere}
td .prompt{display:block;min-width:12rem;max-width:34rem}
.wall{display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(210px,1fr))}
::placeholder{color:var(--dim);opacity:1}
figure{margin:0}video{width:100%;aspect-ratio:16/9;background:#000;border-radius:8px}
figcaption{font-size:.85rem;color:var(--dim)}
"""

SCRIPT = """
(() => {
  const events = new EventSource("teacher/events");
  let known = null, due = null;
  const busy = () => document.activeElement && document.activeElement.tagName === "INPUT" ||
    [...document.querySelectorAll("video")].some((video) => !video.paused);
  const refresh = async () => {
    due = null;
    if (busy()) { due = setTimeout(refresh, 2000); return; }
    const answer = await fetch("teacher", { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("main");
    if (fresh && !busy()) document.getElementById("main").replaceWith(fresh);
  };
  events.onmessage = (event) => {
    const { seq } = JSON.parse(event.data);
    if (known !== null && seq !== known && due === null) due = setTimeout(refresh, 400);
    known = seq;
  };
})();
"""
"""Loads the page's main part again when something changed, but not under the hands of a person."""
