import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { Express, Request, Response } from 'express';
import { packageRoot, packageVersion } from '../package-root.ts';

const FAULT = {
  type: 'object',
  required: ['code', 'message', 'remedy'],
  properties: {
    pointer: { type: 'string', description: 'JSON pointer into the body' },
    line: { type: 'integer', description: 'line of the file, from 1' },
    column: { type: 'string', description: 'column of the file, or name of the parameter or header' },
    got: { type: 'string' },
    code: { type: 'string' },
    message: { type: 'string' },
    remedy: { type: 'string' },
  },
} as const;

/** RFC 9457. */
const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'one line for a person' },
    instance: { type: 'string' },
    code: { type: 'string', description: 'stable; the same that the shell gives' },
    next: { type: 'string', description: 'what helps' },
    details: { type: 'array', items: { type: 'string' } },
    errors: { type: 'array', items: FAULT },
  },
} as const;

interface Answers {
  /** by operationId */
  readonly operations: Readonly<Record<string, object>>;
  readonly schemas: Readonly<Record<string, object>>;
}

/** What each operation answers: made by .config/answers.mjs from the types of the controllers' methods. */
const answers = (): Answers =>
  JSON.parse(readFileSync(join(packageRoot, 'src', 'http', 'answers.json'), 'utf8')) as Answers;

/** The OpenAPI 3.1 document, made from the routes themselves. */
export function openApiOf(app: INestApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Answerable')
    .setDescription('Decisions answer for the customer contacts they cause. Amounts are decimal text.')
    .setVersion(packageVersion)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'a token of `answerable token create`' })
    .build();
  const document = SwaggerModule.createDocument(app, base, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => path.startsWith('/api/v1/')));
  const { operations, schemas: answered } = answers();
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path) as Told[])) {
    const content = operation.responses['200']?.content?.['application/json'];
    if (content !== undefined) content.schema = operations[operation.operationId] ?? {};
  }
  const schemas = { ...answered, ...document.components?.schemas, Problem: PROBLEM };
  return { ...document, paths, components: { ...document.components, schemas } } as unknown as OpenAPIObject;
}

/** An operation of the document, as far as its answers go. */
interface Told {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Record<string, { schema?: object }> }>>;
}

/** Tells the document to whoever asks: it holds nothing of the company. */
export function serveOpenApi(server: Express, document: OpenAPIObject): void {
  const text = JSON.stringify(document);
  server.get('/api/v1/openapi.json', (_request: Request, response: Response) => {
    response.type('application/json').send(text);
  });
  server.get('/api/docs', (_request: Request, response: Response) => response.redirect(302, '/api/v1/openapi.json'));
}
