import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Said } from './api.ts';

/** An OpenAPI document, as far as answers go. */
export interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly responses: Readonly<
              Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
            >;
          }
        >
      >
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** Holds answers against the document that the service itself gives. */
export class Documented {
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  private readonly checks = new Map<string, ValidateFunction>();
  private readonly routes: readonly { readonly path: string; readonly like: RegExp }[];

  constructor(private readonly document: Document) {
    this.ajv.addSchema({ $id: 'openapi', components: document.components });
    const like = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
    this.routes = Object.keys(document.paths)
      .map((path) => ({ path, like: like(path) }))
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  }

  /** @throws Error naming what is not as the document says; routes that are none are nobody's promise */
  check(method: string, path: string, said: Said): void {
    const plain = new URL(`http://service/api/v1${path}`).pathname.replace(/\/$/, ''); // as fetch asks: a dot is no name
    const known = this.routes.filter(({ like }) => like.test(plain)).map((route) => route.path);
    const template = known.find((one) => method.toLowerCase() in this.document.paths[one]!);
    if (template === undefined || said.status === 304) return;
    const name = `${method} ${template} ${said.status}`;
    const response = this.document.paths[template]![method.toLowerCase()]!.responses[said.status];
    if (response === undefined) throw new Error(`${name} is not in the document`);
    const type = said.headers.get('content-type')?.split(';')[0] ?? '';
    const schema = response.content?.[type]?.schema;
    if (schema === undefined) {
      if (
        response.content !== undefined &&
        !(type in response.content) &&
        !('application/octet-stream' in response.content)
      )
        throw new Error(`${name} as ${type} is not in the document`);
      return;
    }
    if (!type.endsWith('json') || said.body === undefined) return;
    let check = this.checks.get(name);
    if (check === undefined) {
      const text = JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components');
      check = this.ajv.compile(JSON.parse(text) as object);
      this.checks.set(name, check);
    }
    if (check(said.body)) return;
    const faults = check.errors!.slice(0, 5).map((fault) => `${fault.instancePath} ${fault.message}`);
    throw new Error(`${name} is not as the document says: ${faults.join('; ')}: ${said.text.slice(0, 300)}`);
  }
}
