/** PostgreSQL counts days, and microseconds, from the first day of 2000; we count days, and seconds, from that of 1970. */
export const EPOCH_DAYS = 10_957;
export const EPOCH_SECONDS = EPOCH_DAYS * 86_400;
