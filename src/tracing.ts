import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { NodeSDK, resources } from '@opentelemetry/sdk-node';
import { packageVersion } from './package-root.ts';
import { statementName } from './persistence/sql.ts';

type Exported = Parameters<OTLPTraceExporter['export']>;
type Span = Exported[0][number];

/** What machines look at every few seconds, and files that are the same for all. */
const UNTRACED = /^\/(healthz|readyz|metrics|assets\/.*)([?#]|$)/;
/** Requests and statements in kind, time and outcome: all that leaves the house. */
const ATTRIBUTES = [
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'url.scheme',
  'network.protocol.version',
  'error.type',
  'db.system.name',
  'db.response.status_code',
] as const;
const REQUEST = 'answerable.request';
const STATEMENT = 'db.query.summary';
const PATIENCE_MS = 5_000;

export interface Tracing {
  /** Sends what is still here; gives up on a collector that does not answer. */
  end(): Promise<void>;
}

/**
 * Traces of requests and of their statements go to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names. This file and
 * what it needs are loaded only then.
 */
export function startTracing(): Tracing {
  const sdk = new NodeSDK({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': 'answerable', 'service.version': packageVersion })),
    resourceDetectors: [resources.envDetector], // of the process and its host it would tell command lines and users
    traceExporter: new WithoutContent(),
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [
      new HttpInstrumentation({
        disableOutgoingRequestInstrumentation: true,
        ignoreIncomingRequestHook: ({ url }) => UNTRACED.test(url ?? ''),
        applyCustomAttributesOnSpan: (span, request, response) => {
          const { route } = request as IncomingMessage & { readonly route?: { readonly path?: string } };
          if (route?.path !== undefined) span.setAttribute('http.route', route.path);
          span.setAttribute(REQUEST, String((response as ServerResponse).getHeader('X-Request-Id') ?? ''));
        },
      }),
      new PgInstrumentation({
        requireParentSpan: true, // what the service looks up by itself, every second or two, is no request
        ignoreConnectSpans: true,
        requestHook: (span, { query }) => {
          span.setAttribute(STATEMENT, statementName(query.text));
        },
      }),
    ],
  });
  sdk.start();
  // Imports of ES modules pass no hook; what is required here is patched, and it is the same to whoever imports it.
  const require = createRequire(import.meta.url);
  for (const name of ['node:http', 'pg']) require(name);
  return {
    end: async () => {
      let late: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => (late = setTimeout(resolve, PATIENCE_MS)));
      await Promise.race([sdk.shutdown().catch(() => undefined), patience]);
      clearTimeout(late);
    },
  };
}

/**
 * Of each span only what is listed above: no address (it may hold a customer's name), no query string, no SQL text, no
 * value, no message of an error.
 */
class WithoutContent extends OTLPTraceExporter {
  override export(spans: Exported[0], done: Exported[1]): void {
    super.export(spans.map(withoutContent), done);
  }
}

function withoutContent(span: Span): Span {
  const attributes = Object.fromEntries(
    [...ATTRIBUTES, REQUEST, STATEMENT].flatMap((name) =>
      span.attributes[name] === undefined ? [] : [[name, span.attributes[name]]],
    ),
  );
  const { 'http.request.method': method, 'http.route': route, [STATEMENT]: statement } = attributes;
  const name = method === undefined ? `sql ${String(statement ?? 'other')}` : [method, route].filter(Boolean).join(' ');
  const said = { name, attributes, events: [], links: [], status: { code: span.status.code } };
  return Object.create(
    span,
    Object.fromEntries(Object.entries(said).map(([key, value]) => [key, { value, enumerable: true }])),
  ) as Span;
}
