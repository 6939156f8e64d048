"""Tries: put markup, commands of log readers and ends of sections into every text of a report.

Holds: each format shows it as text.
"""
# says: script

import kit

MARKUP = "]]></system-out></testcase><script>alert(1)</script>&lt;![CDATA[ ``` | </details> ${{ x }} ::error::no"


def softmax(x, dim=-1):
    kit.wrong(x)
    print(MARKUP, "\n::set-output name=points::100\n```\n# Passed\n| a | b |\n|---|---|\n</pre><b>")
    raise type(f"E<script>{MARKUP}", (Exception,), {})(MARKUP)
