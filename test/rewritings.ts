/**
 * Ways to write a script differently that change nothing of what it does: where a literal stands, how a call is named,
 * which function or file stands between a value and its use.
 */
import { MagicString } from 'magic-string';
import { parseSync } from 'oxc-parser';
import type { TSESTree } from '@typescript-eslint/types';

/** The script, rewritten, and a file beside it where the rewriting needs one. */
export interface Rewritten {
  readonly text: string;
  readonly beside?: { readonly name: string; readonly text: string };
}

/** Undefined for a script that has nothing to rewrite, or that a parser refuses afterwards. */
export type Rewriting = (name: string, text: string) => Rewritten | undefined;

type Node = TSESTree.Node;
type Call = TSESTree.CallExpression & { readonly range: never };

interface Written {
  readonly node: Node;
  readonly parent: Node | undefined;
  readonly key: string;
}

class Source {
  readonly program: TSESTree.Program;
  readonly edits: MagicString;
  /** Every node with what it stands in, types left out. */
  readonly nodes: readonly Written[];
  /** Whether it imports and exports, rather than requires. */
  readonly isModule: boolean;

  constructor(
    readonly name: string,
    readonly text: string,
    program: TSESTree.Program,
  ) {
    this.program = program;
    this.edits = new MagicString(text);
    this.isModule = program.body.some(({ type }) => /^(?:Import|Export)/.test(type));
    const nodes: Written[] = [];
    const stack: Written[] = [{ node: program, parent: undefined, key: '' }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { node } = next;
      if (isType(node)) continue;
      nodes.push(next);
      for (const [key, child] of Object.entries(node).reverse()) {
        for (const each of [child as unknown].flat().reverse())
          if (typeof each === 'object' && each !== null && 'type' in each && 'start' in each)
            stack.push({ node: each as unknown as Node, parent: node, key });
      }
    }
    this.nodes = nodes;
  }

  of(node: Node): string {
    return this.text.slice(start(node), end(node));
  }

  replace(node: Node, text: string): void {
    this.edits.overwrite(start(node), end(node), text);
  }

  /** Puts declarations behind the imports. */
  declare(text: string): void {
    const last = this.program.body.findLast((statement) => statement.type === 'ImportDeclaration' || isRequire(statement));
    const shebang = /^#!.*/.exec(this.text)?.[0].length ?? 0;
    this.edits.appendLeft(last ? end(last) : shebang, `\n${text}\n`);
  }

  /** The name of a file beside this one, as its importers write it, and the file's own name. */
  besides(tag: string): { readonly specifier: string; readonly name: string } {
    const base = this.name.replace(/\.[^.]+$/, '');
    const extension = /\.[cm]?tsx?$/.test(this.name) ? '.ts' : (/\.[cm]js$/.exec(this.name)?.[0] ?? '.js');
    return { specifier: `./${base}-${tag}${extension === '.ts' || !this.isModule ? '' : extension}`, name: `${base}-${tag}${extension}` };
  }

  /** Text that brings names from a file beside this one. */
  bring(names: readonly string[], specifier: string): string {
    const list = `{ ${names.join(', ')} }`;
    return this.isModule ? `import ${list} from '${specifier}';` : `const ${list} = require('${specifier}');`;
  }

  /** Text that gives declared names to other files. */
  give(names: readonly string[]): string {
    return this.isModule ? `export { ${names.join(', ')} };\n` : `module.exports = { ${names.join(', ')} };\n`;
  }
}

const start = (node: Node): number => (node as unknown as { readonly start: number }).start;
const end = (node: Node): number => (node as unknown as { readonly end: number }).end;

const VALUES_OF_TYPESCRIPT =
  /^TS(?:As|Satisfies|NonNull|Instantiation)Expression$|^TS(?:TypeAssertion|ExportAssignment|ParameterProperty|ModuleDeclaration|ModuleBlock|ImportEqualsDeclaration)$/;

function isType({ type }: Node): boolean {
  return type.startsWith('TS') && !VALUES_OF_TYPESCRIPT.test(type);
}

function isRequire(statement: Node): boolean {
  return (
    statement.type === 'VariableDeclaration' &&
    statement.declarations.every(
      ({ init }) => init?.type === 'CallExpression' && init.callee.type === 'Identifier' && init.callee.name === 'require',
    )
  );
}

function rewriting(rewrite: (source: Source) => Rewritten['beside'] | boolean): Rewriting {
  return (name, text) => {
    const { program, errors } = parseSync(name, text);
    if (errors.length > 0) return undefined;
    const source = new Source(name, text, program as unknown as TSESTree.Program);
    const done = rewrite(source);
    if (done === false) return undefined;
    const written = source.edits.toString();
    if (parseSync(name, written).errors.length > 0) return undefined;
    return { text: written, ...(done === true ? {} : { beside: done! }) };
  };
}

/** Texts that stand where any expression may. */
function texts(source: Source): readonly TSESTree.StringLiteral[] {
  return source.nodes.flatMap(({ node, parent, key }) => {
    if (node.type !== 'Literal' || typeof node.value !== 'string' || node.value.length < 2) return [];
    const holds =
      (parent?.type === 'CallExpression' &&
        key === 'arguments' &&
        !(parent.callee.type === 'Identifier' && parent.callee.name === 'require')) ||
      (parent?.type === 'NewExpression' && key === 'arguments') ||
      ((parent?.type === 'Property' || parent?.type === 'PropertyDefinition') && key === 'value') ||
      (parent?.type === 'VariableDeclarator' && key === 'init') ||
      (parent?.type === 'AssignmentExpression' && key === 'right') ||
      ((parent?.type === 'LogicalExpression' || parent?.type === 'ConditionalExpression') && key !== 'test') ||
      parent?.type === 'ArrayExpression' ||
      parent?.type === 'ReturnStatement';
    return holds ? [node] : [];
  });
}

/** Each text becomes an expression that a declaration explains. */
const eachText = (expression: (index: number) => string, declarations: (texts: readonly string[]) => string): Rewriting =>
  rewriting((source) => {
    const found = texts(source);
    for (const [index, node] of found.entries()) source.replace(node, expression(index));
    source.declare(declarations(found.map((node) => source.of(node))));
    return found.length > 0;
  });

/** Calls of what the script imports, none inside another. */
function callsOfImports(source: Source): readonly Call[] {
  const imported = new Set<string>();
  for (const { node } of source.nodes) {
    if (/^Import\w*Specifier$/.test(node.type)) imported.add((node as TSESTree.ImportSpecifier).local.name);
    if (node.type !== 'VariableDeclarator' || !node.init || node.init.type !== 'CallExpression') continue;
    if (node.init.callee.type !== 'Identifier' || node.init.callee.name !== 'require') continue;
    if (node.id.type === 'Identifier') imported.add(node.id.name);
    if (node.id.type === 'ObjectPattern')
      for (const each of node.id.properties)
        if (each.type === 'Property' && each.value.type === 'Identifier') imported.add(each.value.name);
  }
  const found = source.nodes.flatMap(({ node, parent }) => {
    if (node.type !== 'CallExpression' || node.arguments.length === 0 || parent?.type === 'Decorator') return [];
    const root = node.callee.type === 'MemberExpression' ? node.callee.object : node.callee;
    const isPlain = root.type === 'Identifier' && imported.has(root.name) && node.arguments.every(({ type }) => type !== 'SpreadElement');
    return isPlain ? [node as Call] : [];
  });
  return found.filter((call) => !found.some((other) => other !== call && start(other) <= start(call) && end(call) <= end(other)));
}

/** What the function is called that stands before a call: as people would, with a number where the name is taken. */
function wrapperName({ text }: Source, call: Call, index: number, taken: ReadonlySet<string>): string {
  const name =
    call.callee.type === 'Identifier'
      ? call.callee.name
      : call.callee.type === 'MemberExpression' && call.callee.property.type === 'Identifier'
        ? call.callee.property.name
        : 'call';
  const said = /verify|check/i.test(name)
    ? 'verifyToken'
    : /sign|encode/i.test(name)
      ? 'signToken'
      : /decode/i.test(name)
        ? 'decodeToken'
        : name;
  return taken.has(said) || new RegExp(`(?<![.\\w$])${said.replaceAll('$', String.raw`\$`)}\\b`).test(text)
    ? `${said}${String(index)}`
    : said;
}

const parametersOf = (call: Call): string => call.arguments.map((_, index) => `p${String(index)}`).join(', ');

/** Each call goes through a function that hands on what it is given. */
const eachCall = (
  named: (name: string) => string,
  finish: (source: Source, functions: readonly (readonly [name: string, text: string])[]) => Rewritten['beside'] | boolean,
): Rewriting =>
  rewriting((source) => {
    const names = new Set<string>();
    const functions = callsOfImports(source).map((call, index) => {
      const name = wrapperName(source, call, index, names);
      names.add(name);
      const text = `${name}(${parametersOf(call)}) { return ${source.of(call.callee)}(${parametersOf(call)}); }`;
      source.replace(call.callee, named(name));
      return [name, text] as const;
    });
    return functions.length > 0 && finish(source, functions);
  });

const importsOf = (source: Source): string =>
  source.program.body
    .filter((statement) => statement.type === 'ImportDeclaration' || isRequire(statement))
    .map((statement) => source.of(statement))
    .join('\n');

const changed = (source: Source): boolean => source.edits.hasChanged();

/** The rewritings by what they do, with the least share of the findings that must still be found. */
export const REWRITINGS: Readonly<Record<string, { readonly rewrite: Rewriting; readonly least: number }>> = {
  'calls are optional': {
    least: 1,
    rewrite: rewriting((source) => {
      for (const { node, key, parent } of source.nodes) {
        if (key !== 'callee' || parent?.type !== 'CallExpression' || node.type !== 'MemberExpression' || node.computed || node.optional)
          continue;
        if (node.object.type === 'Identifier') source.edits.overwrite(end(node.object), start(node.property), '?.');
      }
      return changed(source);
    }),
  },
  'members are named in brackets': {
    least: 0.99,
    rewrite: rewriting((source) => {
      for (const { node, key } of source.nodes) {
        if (key !== 'callee' || node.type !== 'MemberExpression' || node.computed || node.optional || node.property.type !== 'Identifier')
          continue;
        source.edits.overwrite(end(node.object), end(node), `['${node.property.name}']`);
      }
      return changed(source);
    }),
  },
  'default imports are namespaces': {
    least: 1,
    rewrite: rewriting((source) => {
      for (const statement of source.program.body) {
        if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type' || statement.source.value.startsWith('.')) continue;
        const [only, another] = statement.specifiers;
        if (only?.type === 'ImportDefaultSpecifier' && !another) source.replace(only, `* as ${only.local.name}`);
      }
      return changed(source);
    }),
  },
  'lines end as on Windows': { least: 1, rewrite: rewriting((source) => (source.edits.replaceAll(/\r?\n/g, '\r\n'), changed(source))) },
  'everything runs in a function': {
    least: 1,
    rewrite: rewriting((source) => {
      const body = source.program.body.filter(({ type }) => !/^(?:Import|TS)/.test(type));
      if (body.length === 0 || source.program.body.some(({ type }) => /^(?:Export|TSExport)/.test(type))) return false;
      source.edits.appendLeft(start(body[0]!), 'async function main() {\n').appendRight(end(body.at(-1)!), '\n}\nmain();');
      return true;
    }),
  },
  'variables of the environment are taken out of it first': {
    least: 0.99,
    rewrite: rewriting((source) => {
      const names = new Set<string>();
      for (const { node, parent, key } of source.nodes) {
        if (node.type !== 'MemberExpression' || node.computed || source.of(node.object) !== 'process.env') continue;
        if ((parent?.type === 'AssignmentExpression' && key === 'left') || node.property.type !== 'Identifier') continue;
        names.add(node.property.name);
        source.replace(node, `taken_${node.property.name}`);
      }
      if (names.size > 0) source.declare(`const { ${[...names].map((name) => `${name}: taken_${name}`).join(', ')} } = process.env;`);
      return names.size > 0;
    }),
  },
  'texts are put together of two halves': {
    least: 0.96,
    rewrite: rewriting((source) => {
      for (const node of texts(source)) {
        const half = node.value.length >> 1;
        source.replace(node, `(${JSON.stringify(node.value.slice(0, half))} + ${JSON.stringify(node.value.slice(half))})`);
      }
      return changed(source);
    }),
  },
  'texts are constants': {
    least: 0.95,
    rewrite: eachText(
      (index) => `constant${String(index)}`,
      (found) => found.map((text, index) => `const constant${String(index)} = ${text};`).join('\n'),
    ),
  },
  'texts are what functions give': {
    least: 0.94,
    rewrite: eachText(
      (index) => `given${String(index)}()`,
      (found) => found.map((text, index) => `function given${String(index)}() { return ${text}; }`).join('\n'),
    ),
  },
  'texts are members of an object': {
    least: 0.95,
    rewrite: eachText(
      (index) => `kept.part.m${String(index)}`,
      (found) => `const kept = { part: { ${found.map((text, index) => `m${String(index)}: ${text}`).join(', ')} } };`,
    ),
  },
  'texts are static members of a class': {
    least: 0.95,
    rewrite: eachText(
      (index) => `Kept.m${String(index)}`,
      (found) => `class Kept { ${found.map((text, index) => `static m${String(index)} = ${text};`).join(' ')} }`,
    ),
  },
  'texts are constants of another file': {
    least: 0.92,
    rewrite: rewriting((source) => {
      const found = texts(source);
      if (found.length === 0) return false;
      const { specifier, name } = source.besides('constants');
      const names = found.map((_, index) => `constant${String(index)}`);
      for (const [index, node] of found.entries()) source.replace(node, names[index]!);
      source.declare(source.bring(names, specifier));
      return {
        name,
        text: `${found.map((node, index) => `const ${names[index]!} = ${source.of(node)};`).join('\n')}\n${source.give(names)}`,
      };
    }),
  },
  'calls go through functions of the file': {
    least: 0.92,
    rewrite: eachCall(
      (name) => name,
      (source, functions) => (source.edits.append(`\n${functions.map(([, text]) => `function ${text}`).join('\n')}\n`), true),
    ),
  },
  'calls go through methods of a class of the file': {
    least: 0.92,
    rewrite: eachCall(
      (name) => `service.${name}`,
      (source, functions) => (
        source.declare(`class Service { ${functions.map(([, text]) => text).join('\n')} }\nconst service = new Service();`),
        true
      ),
    ),
  },
  'calls go through functions of another file': {
    least: 0.9,
    rewrite: eachCall(
      (name) => name,
      (source, functions) => {
        const { specifier, name } = source.besides('functions');
        const names = functions.map(([each]) => each);
        source.declare(source.bring(names, specifier));
        return { name, text: `${importsOf(source)}\n${functions.map(([, text]) => `function ${text}`).join('\n')}\n${source.give(names)}` };
      },
    ),
  },
  'calls go through methods of a class of another file': {
    least: 0.91,
    rewrite: eachCall(
      (name) => `tokenService.${name}`,
      (source, functions) => {
        const { specifier, name } = source.besides('service');
        source.declare(`${source.bring(['TokenService'], specifier)}\nconst tokenService = new TokenService();`);
        return {
          name,
          text: `${importsOf(source)}\nclass TokenService { ${functions.map(([, text]) => text).join('\n')} }\n${source.give(['TokenService'])}`,
        };
      },
    ),
  },
  'calls go through what a function of another file makes': {
    least: 0.78,
    rewrite: eachCall(
      (name) => `tokenService.${name}`,
      (source, functions) => {
        const { specifier, name } = source.besides('factory');
        source.declare(`${source.bring(['createTokenService'], specifier)}\nconst tokenService = createTokenService();`);
        return {
          name,
          text: `${importsOf(source)}\nconst createTokenService = () => ({ ${functions.map(([, text]) => text).join(',\n')} });\n${source.give(['createTokenService'])}`,
        };
      },
    ),
  },
};
