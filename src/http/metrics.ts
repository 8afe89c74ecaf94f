import { createServer, type Server } from 'node:http';
import type { Channel } from 'node:diagnostics_channel';
import type { Express, NextFunction, Request, Response } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { CLOSES, type CloseTime } from '../application/work.ts';
import { figuresForMetrics } from '../persistence/metrics.queries.ts';
import { WITHOUT_UNITS, type Database } from '../persistence/database.ts';

/** A close takes a second for a demo, an hour for a hundred million contacts. */
const CLOSE_SECONDS = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 3600];
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/**
 * Figures for whoever runs the service, in the text format of Prometheus. Labels name routes and states, never units,
 * people or amounts.
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly heard: (() => void)[] = [];
  /** brings the figures of the books up to date */
  private readonly look: () => Promise<void>;
  private readonly requests = new Histogram({
    name: 'answerable_http_request_seconds',
    help: 'time from a request to the end of its answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  constructor(private readonly db: Database) {
    collectDefaultMetrics({ register: this.registry });
    const gauge = (name: string, help: string, label?: string) =>
      new Gauge({ name, help, labelNames: label === undefined ? [] : [label], registers: [this.registry] });
    const periods = gauge('answerable_periods', 'periods by state', 'state');
    const parked = gauge('answerable_parked_units', 'units that a broken bound holds and nobody has ruled on');
    const disputes = gauge('answerable_open_disputes', 'disputes without a ruling');
    const events = gauge('answerable_audit_events', 'events of the audit log');
    const unattributed = gauge(
      'answerable_unattributed_ratio',
      'share of the newest calculated period’s contacts that nobody answers for',
    );
    const rows = new Counter({
      name: 'answerable_import_rows_total',
      help: 'rows of imports by what became of them',
      labelNames: ['result'],
      registers: [this.registry],
    });
    const verified = gauge(
      'answerable_chain_verified_timestamp',
      'seconds since 1970 of the newest check that found the audit log whole',
    );
    const closes = new Histogram({
      name: 'answerable_close_seconds',
      help: 'time that a close took in this process, by what came of it',
      labelNames: ['outcome'],
      buckets: CLOSE_SECONDS,
      registers: [this.registry],
    });
    const withoutUnits = new Counter({
      name: 'answerable_rls_context_missing_total',
      help: 'transactions of unit owners for whom no unit was set, so that the database showed them nothing',
      registers: [this.registry],
    });
    this.hear(CLOSES, (told) => {
      const { seconds, outcome } = told as CloseTime;
      closes.observe({ outcome }, seconds);
    });
    this.hear(WITHOUT_UNITS, () => withoutUnits.inc());
    const up = gauge('answerable_database_up', 'whether the database answered this look');
    this.look = async () => {
      const figures = await this.db.books(figuresForMetrics).catch(() => undefined);
      up.set(figures === undefined ? 0 : 1);
      if (figures === undefined) return;
      periods.reset();
      for (const [state, count] of Object.entries(figures.periods)) periods.set({ state }, count);
      parked.set(figures.parked);
      disputes.set(figures.disputes);
      events.set(figures.events);
      if (figures.unattributed !== null) unattributed.set(figures.unattributed);
      if (figures.verified !== null) verified.set(figures.verified);
      rows.reset();
      for (const [result, count] of Object.entries(figures.rows)) rows.inc({ result }, count);
    };
  }

  /** Hears no more of what this process does. */
  end(): void {
    for (const stop of this.heard) stop();
  }

  /** Measures every request that passes. */
  measure(server: Express): void {
    server.use((request: Request, response: Response, next: NextFunction) => {
      const begun = process.hrtime.bigint();
      response.once('finish', () => {
        const { path = 'none' } = (request.route ?? {}) as { path?: unknown };
        const labels = { method: request.method, route: String(path), status: String(response.statusCode) };
        this.requests.observe(labels, Number(process.hrtime.bigint() - begun) / 1e9);
      });
      next();
    });
  }

  /** Answers /metrics on a port of its own, which is not for the public. */
  async listen(port: number): Promise<Server> {
    const server = createServer((request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      this.look()
        .then(() => this.registry.metrics())
        .then((text) => response.writeHead(200, { 'content-type': this.registry.contentType }).end(text))
        .catch(() => response.writeHead(500).end());
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve));
    return server;
  }

  private hear(of: Channel, onTold: (told: unknown) => void): void {
    of.subscribe(onTold);
    this.heard.push(() => of.unsubscribe(onTold));
  }
}
