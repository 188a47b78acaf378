/**
 * ESLint languages for files that no other plugin parses: env files (`jwtlint/dotenv`), and any text (`jwtlint/text`). Their
 * tree is one node, the file itself: rules read the text by the readers of the command line.
 */
import { ConfigCommentParser, Directive, TextSourceCodeBase, VisitNodeStep } from '@eslint/plugin-kit';
import type { Language } from '@eslint/core';

/** The whole file. */
export interface DocumentNode {
  readonly type: 'Document';
  readonly range: [number, number];
  readonly loc: { readonly start: Position; readonly end: Position };
}

interface Position {
  /** From 1. */
  readonly line: number;
  /** From 0, as in JavaScript. */
  readonly column: number;
}

/** A `#` comment of an env file. */
interface Comment {
  readonly type: 'Comment';
  readonly value: string;
  readonly range: [number, number];
  readonly loc: DocumentNode['loc'];
}

const commentParser = new ConfigCommentParser();

/** What ESLint's own directives look like in a comment that begins a line. */
const DIRECTIVE = /^[ \t]*#[ \t]*(eslint-(?:disable-next-line|disable-line|disable|enable)\b[^\n\r]*)/gm;

class DocumentSourceCode extends TextSourceCodeBase {
  readonly visitorKeys = { Document: [] };
  readonly comments: readonly Comment[];

  constructor(text: string, ast: DocumentNode, comments: boolean) {
    super({ text, ast });
    this.comments = comments ? [...text.matchAll(DIRECTIVE)].map((match) => this.#commentAt(match.index, match[0], match[1]!)) : [];
  }

  #commentAt(at: number, line: string, value: string): Comment {
    const start = at + line.indexOf('#');
    const end = at + line.length;
    return {
      type: 'Comment',
      value,
      range: [start, end],
      loc: { start: this.getLocFromIndex(start), end: this.getLocFromIndex(end) },
    };
  }

  /** One step: the file. */
  override *traverse(): Iterable<VisitNodeStep> {
    yield new VisitNodeStep({ target: this.ast as object, phase: 1, args: [this.ast] });
    yield new VisitNodeStep({ target: this.ast as object, phase: 2, args: [this.ast] });
  }

  override getParent(): undefined {
    return undefined;
  }

  /** `# eslint-disable-next-line jwtlint/no-weak-secret -- reason` */
  getDisableDirectives(): { problems: never[]; directives: Directive[] } {
    const directives = this.comments.flatMap((comment) => {
      const parsed = commentParser.parseDirective(comment.value);
      if (!parsed) return [];
      const type = parsed.label.replace('eslint-', '') as 'disable' | 'enable' | 'disable-line' | 'disable-next-line';
      return [new Directive({ type, node: comment, value: parsed.value, justification: parsed.justification })];
    });
    return { problems: [], directives };
  }
}

/** Makes a language of text. */
function languageOf(comments: boolean): Language {
  return {
    fileType: 'text',
    lineStart: 1,
    columnStart: 0,
    nodeTypeKey: 'type',
    visitorKeys: { Document: [] },
    validateLanguageOptions() {
      // There are none.
    },
    parse(file) {
      const text = file.body as string;
      const lines = text.split(/\r\n?|\n/);
      const end = { line: lines.length, column: lines.at(-1)!.length };
      return {
        ok: true,
        ast: { type: 'Document', range: [0, text.length], loc: { start: { line: 1, column: 0 }, end } } satisfies DocumentNode,
      };
    },
    createSourceCode(file, { ast }) {
      return new DocumentSourceCode(file.body as string, ast as DocumentNode, comments) as unknown as ReturnType<
        Language['createSourceCode']
      >;
    },
  };
}

export const dotenvLanguage = languageOf(true);
export const textLanguage = languageOf(false);
