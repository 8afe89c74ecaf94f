import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's messages as the service's JSON lines; `context` names the part of Nest that speaks. */
export class JsonLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message)); // routes and modules: of interest when something is sought
  }
  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, stack }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
}
