/** An audit as one page: the answers, and a picture of keys, the calls that use them and the tokens they make. */
import type { Answer, Audit, AuditedKey, AuditItem } from '../audit.js';
import { escapeHtml, page, prose, STYLE } from './html.js';
import { count } from './sentences.js';

const ANSWERS = ['no', 'cannot tell', 'yes'] as const satisfies readonly Answer[];

/** The page of an audit. */
export function auditPage(audit: Audit): string {
  const of = (answer: Answer): readonly AuditItem[] => audit.items.filter((item) => item.answer === answer);
  const sum = ANSWERS.map((answer) => `${String(of(answer).length)} ${answer}`).join(', ');
  const body = [
    `<header><h1>jwtlint audit</h1><p class="sum">${escapeHtml(sum)}.</p><p>No grade: what counts depends on what the service is for.</p></header>`,
    audit.keys.length > 0 ? picture(audit.keys) : '',
    `<main aria-label="Questions">${ANSWERS.flatMap((answer) => of(answer).map(card)).join('\n')}</main>`,
    `<footer><p>jwtlint ${escapeHtml(audit.version)}.</p></footer>`,
  ];
  const lines = body.filter((part) => part !== '').map((part) => `${part}\n`);
  return [...page(`jwtlint audit: ${sum}`, `${STYLE}${OWN_STYLE}`, lines)].join('');
}

const CLASS: Readonly<Record<Answer, string>> = { yes: 'a-yes', no: 'a-no', 'cannot tell': 'a-open' };

function card({ id, question, answer, evidence, references, next }: AuditItem): string {
  const lines = evidence.map(({ path, line, says }) => {
    const place =
      path === undefined ? '' : `<span class="where">${escapeHtml(path)}${line === undefined ? '' : `:${String(line)}`}</span> `;
    return `<li>${place}${prose(says)}</li>`;
  });
  return `<article class="f ${CLASS[answer]}" aria-labelledby="q-${id}">
<h2 id="q-${id}"><span class="level">${answer}</span> ${escapeHtml(question)}</h2>
${lines.length > 0 ? `<ul>${lines.join('')}</ul>` : ''}
${next === undefined ? '' : `<p><b>Next</b> ${prose(next)}</p>`}
<p class="why">${references.map(({ title, url }) => `<a href="${escapeHtml(url)}" rel="noreferrer">${escapeHtml(title)}</a>`).join(' · ')}</p>
</article>`;
}

/** Calls of one key that are drawn. */
const DRAWN = 40;

function picture(keys: readonly AuditedKey[]): string {
  const rows = keys.map((key) => {
    const name = `<b>${escapeHtml(key.name ?? 'a key')}</b><span class="marks"><span>${escapeHtml(key.origin)}</span></span>`;
    const uses = key.uses.slice(0, DRAWN).map(({ call, kind, purpose, path, line }) => {
      const token = kind === 'sign' ? `<span class="token">${escapeHtml(purpose ?? 'some')} token</span>` : '';
      return `<li><span class="call">${kind === 'sign' ? 'signs' : kind === 'verify' ? 'verifies' : 'configures'}: ${escapeHtml(call)}<span class="where">${escapeHtml(path)}:${String(line)}</span></span>${token}</li>`;
    });
    if (key.uses.length > DRAWN) uses.push(`<li><span class="call">and ${String(key.uses.length - DRAWN)} more</span></li>`);
    return `<li class="key"><div class="box${key.origin === 'literal' ? ' bad' : ''}">${name}</div><ul aria-label="${count(key.uses.length, 'use')}">${uses.join('')}</ul></li>`;
  });
  return `<section aria-labelledby="keys"><h2 id="keys">Keys, the calls that use them, and the tokens they make</h2><ul class="keys">${rows.join('')}</ul></section>`;
}

const OWN_STYLE = `
.f.a-no{border-left-color:var(--error)}.f.a-open{border-left-color:var(--warning)}.f.a-yes{border-left-color:var(--yes)}
.a-no .level{color:var(--error)}.a-open .level{color:var(--warning)}.a-yes .level{color:var(--yes)}
.f ul{margin:.3rem 0;padding-left:1.2rem}.f .where{margin-right:.4rem}
.f ul code{border:0;background:none;padding:0}
.keys,.keys ul{list-style:none;margin:0;padding:0}
.key{display:flex;align-items:center;margin:1rem 0}
.box{flex:0 1 auto;min-width:12rem;max-width:45%;border:2px solid var(--dim);border-radius:.5rem;padding:.4rem .8rem;background:var(--back)}.box .marks{display:block}.box.bad{border-color:var(--error)}.box.bad .marks span{color:var(--error)}
.key ul{flex:1;margin-left:1.5rem;position:relative}
.key ul::before{content:"";position:absolute;left:-1.5rem;top:calc(50% - 1px);width:1.5rem;border-top:2px solid var(--line)}
.key li{display:flex;flex-wrap:wrap;align-items:center;padding:.25rem 0 .25rem 1.2rem;position:relative}
.key li::before{content:"";position:absolute;left:0;top:calc(50% - 1px);width:1.2rem;border-top:2px solid var(--line)}
.key li::after{content:"";position:absolute;left:0;top:0;bottom:0;border-left:2px solid var(--line)}
.key li:first-child::after{top:50%}.key li:last-child::after{bottom:50%}
.call{border:1px solid var(--line);border-radius:.4rem;padding:.3rem .6rem;background:var(--back)}.call .where{display:block}
.token{margin-left:1.4rem;border:1px dashed var(--info);color:var(--info);border-radius:1rem;padding:.1rem .7rem;position:relative;white-space:nowrap}
.token::before{content:"";position:absolute;right:100%;top:50%;width:1.4rem;border-top:2px dashed var(--line)}
@media (max-width:40rem){.key{display:block}.key ul{margin-left:.8rem}.key ul::before{display:none}.key li:first-child::after{top:0}.box{max-width:none}.token{margin:.3rem 0 0 .6rem}.token::before{display:none}}
`;
