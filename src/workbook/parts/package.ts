import { strFromU8, strToU8, unzipSync } from 'fflate';
import { invariant } from '../../domain/errors.ts';
import { OFFICE, RELATIONSHIPS, XML_HEAD, xmlText } from './xml.ts';

/** The parts of an Office package: texts by name, with relationships and content types kept in step. */
export class OfficePackage {
  private readonly parts: Map<string, Uint8Array>;

  constructor(bytes: Uint8Array) {
    // Entries of folders are no parts.
    this.parts = new Map(Object.entries(unzipSync(bytes)).filter(([name]) => !name.endsWith('/')));
  }

  get names(): string[] {
    return [...this.parts.keys()];
  }

  text(name: string): string {
    const part = this.parts.get(name);
    invariant(part !== undefined, `the package has no part ${name}`);
    return strFromU8(part);
  }

  bytes(name: string): Uint8Array {
    return this.parts.get(name)!;
  }

  set(name: string, text: string): void {
    this.parts.set(name, strToU8(text));
  }

  /** Replaces text in a part; what is not found is a defect. */
  replace(name: string, what: string | RegExp, by: string): void {
    const before = this.text(name);
    const after = before.replace(what, () => by);
    invariant(after !== before, `${name}: "${String(what)}" is not there`);
    this.set(name, after);
  }

  /** Adds a part with its content type. */
  add(name: string, type: string, text: string): void {
    this.set(name, text);
    const override = `<Override PartName="/${name}" ContentType="${type}"/>`;
    this.replace('[Content_Types].xml', '</Types>', `${override}</Types>`);
  }

  /** Adds a relationship of a part (`.`: of the package); ids continue the part's own. @returns the id */
  relate(part: string, type: string, target: string): string {
    const slash = part.lastIndexOf('/');
    const name = part === '.' ? '_rels/.rels' : `${part.slice(0, slash + 1)}_rels/${part.slice(slash + 1)}.rels`;
    if (!this.parts.has(name)) this.set(name, `${XML_HEAD}<Relationships xmlns="${RELATIONSHIPS}"></Relationships>`);
    const before = this.text(name).replace(/<Relationships([^>]*)\/>/, '<Relationships$1></Relationships>');
    const ids = [...before.matchAll(/Id="rId(\d+)"/g)].map((match) => Number(match[1]));
    const id = `rId${Math.max(0, ...ids) + 1}`;
    const full = type.includes('://') ? type : `${OFFICE}/${type}`;
    const relation = `<Relationship Id="${id}" Type="${full}" Target="${xmlText(target)}"/>`;
    this.set(
      name,
      before.replace('</Relationships>', () => `${relation}</Relationships>`),
    );
    return id;
  }

  /** Parts of the sheets by name. */
  sheetParts(): Map<string, string> {
    const relations = this.text('xl/_rels/workbook.xml.rels');
    const targets = new Map(
      [...relations.matchAll(/<Relationship [^>]*>/g)].map(([element]) => [
        /Id="([^"]+)"/.exec(element)![1]!,
        /Target="([^"]+)"/.exec(element)![1]!,
      ]),
    );
    const sheets = [...this.text('xl/workbook.xml').matchAll(/<sheet [^>]*>/g)];
    return new Map(
      sheets.map(([element]) => {
        const name = unescapeXml(/ name="([^"]*)"/.exec(element)![1]!);
        return [name, `xl/${targets.get(/r:id="([^"]+)"/.exec(element)![1]!)!.replace(/^\/?xl\//, '')}`];
      }),
    );
  }
}

export function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&');
}
