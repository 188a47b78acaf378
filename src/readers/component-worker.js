/**
 * Finds the scripts of single-file components with the formats' own parsers, in a thread of its own: they recurse, and some
 * of their expressions take long on hostile text. Started as a file by component.ts, from the sources too: therefore
 * JavaScript. A parser is loaded for the first component of its format.
 *
 * Takes `{ format, text }`, answers with a list of `{ start, end, language, module }`, offsets being UTF-16 code units: scripts with the
 * same number are one module and see each other's names. Answers `undefined` for what does not parse.
 *
 * @typedef {{ start: number, end: number, language: string, module: number }} Found
 */
import { parentPort } from 'node:worker_threads';

const FINDERS = { vue: inVue, svelte: inSvelte, astro: inAstro };

parentPort.on('message', async ({ format, text }) => {
  try {
    parentPort.postMessage(await FINDERS[format](text));
  } catch {
    parentPort.postMessage(undefined);
  }
});

/** `<script>` and `<script setup>` share one scope; what stands in another file (`src`) is no part of this one. */
async function inVue(text) {
  const { baseParse } = await import('@vue/compiler-core');
  /** @type {Found[]} */
  const found = [];
  const { children } = baseParse(text, {
    parseMode: 'sfc',
    comments: false,
    // Texts of the template are of no interest, nor is what Vue complains about there.
    decodeEntities: (text) => text,
    onError: () => undefined,
  });
  for (const node of children) {
    if (node.type !== 1 || node.tag !== 'script') continue;
    const attributes = new Map(node.props.map((prop) => [prop.name, prop.type === 6 ? (prop.value?.content ?? '') : '']));
    if (attributes.has('src') || node.isSelfClosing) continue;
    const { start, end } = node.innerLoc ?? node.loc;
    if (!text.startsWith('</', end.offset)) throw new Error('not closed');
    found.push({ start: start.offset, end: end.offset, language: attributes.get('lang') ?? '', module: 0 });
  }
  return found;
}

/** The text with the contents of its styles blanked, as long as before and with the same lines. Linear. */
function withoutStyles(text) {
  let result = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('<style', at);
    const open = start < 0 ? -1 : text.indexOf('>', start) + 1;
    const end = open <= 0 ? -1 : text.indexOf('</style', open);
    if (end < 0) return result + text.slice(at);
    result += text.slice(at, open) + text.slice(open, end).replace(/[^\r\n]/g, ' ');
    at = end;
  }
}

/** The instance's script sees the names of the module's. */
async function inSvelte(text) {
  const { parse } = await import('svelte/compiler');
  let root;
  try {
    root = parse(text, { modern: true });
  } catch {
    // Styles in another language, which a build translates first; unfinished markup: the parser's way for editors.
    root = parse(withoutStyles(text), { modern: true, loose: true });
  }
  return [root.module, root.instance]
    .filter((script) => script)
    .map((script) => {
      const value = script.attributes.find(({ name }) => name === 'lang')?.value;
      const language = Array.isArray(value) ? (value[0]?.data ?? '') : '';
      const start = script.content.start;
      return { start, end: text.lastIndexOf('</script', script.end), language, module: 0 };
    });
}

/** The frontmatter is a module of the server, each script in the markup one of the browser. Astro reads all as TypeScript. */
async function inAstro(text) {
  const { parse } = await import('@astrojs/compiler/sync');
  const { ast } = parse(text, { position: true });
  const bytes = Buffer.from(text);
  /** @type {Found[]} */
  const found = [];
  let at = 0;
  let units = 0;
  /** The parser counts bytes. */
  const offsetOf = (position) => {
    units += bytes.toString('utf8', at, position.start.offset).length;
    at = position.start.offset;
    return units;
  };
  const add = (start, value) => {
    if (!text.startsWith(value, start)) throw new Error('not where the parser says');
    found.push({ start, end: start + value.length, language: 'ts', module: found.length });
  };
  const stack = [ast];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.type === 'frontmatter') add(text.indexOf('---', offsetOf(node.position)) + 3, node.value);
    else if (node.type === 'element' && node.name === 'script') {
      const attributes = new Map(node.attributes.map((attribute) => [attribute.name, attribute.value]));
      if (attributes.has('src') || !RUN.test(attributes.get('type') ?? '')) continue;
      const content = node.children.find((child) => child.type === 'text');
      if (content) add(offsetOf(content.position), content.value);
    } else if (node.children) for (let index = node.children.length - 1; index >= 0; index--) stack.push(node.children[index]);
  }
  return found;
}

/** Types of a `<script>` that a browser runs. */
const RUN = /^\s*(?:module|(?:text|application)\/(?:javascript|ecmascript|x-javascript|typescript))?\s*$/i;
