import { apportionQuotas } from '../apportionment.ts';
import { Fraction } from '../fraction.ts';
import type { MeasuredEffect } from './effect.ts';
import type { Stream } from './outcome.ts';

/** Money of an effect by stream, in minor units. */
export type StreamName = Stream;
export type StreamAmounts = Readonly<Record<StreamName, bigint>>;

export const STREAMS: readonly StreamName[] = ['buyAgain', 'buyMore', 'spreadTheWord'];
export const NOTHING: StreamAmounts = { buyAgain: 0n, buyMore: 0n, spreadTheWord: 0n };

export function totalOf(amounts: StreamAmounts): bigint {
  return STREAMS.reduce((sum, stream) => sum + amounts[stream], 0n);
}

export function plus(a: StreamAmounts, b: StreamAmounts): StreamAmounts {
  return combine((stream) => a[stream] + b[stream]);
}

export function minus(a: StreamAmounts, b: StreamAmounts): StreamAmounts {
  return combine((stream) => a[stream] - b[stream]);
}

function combine(of: (stream: StreamName) => bigint): StreamAmounts {
  return { buyAgain: of('buyAgain'), buyMore: of('buyMore'), spreadTheWord: of('spreadTheWord') };
}

/** The one rounding of a statistic that becomes money: half away from zero. */
export function toMinor(value: number): bigint {
  return BigInt(Math.sign(value) * Math.round(Math.abs(value)));
}

export interface EffectAmounts {
  /** the estimate */
  readonly point: StreamAmounts;
  /** the bound of the interval nearer zero, 0 when the interval includes zero or the effect may not be netted */
  readonly netted: StreamAmounts;
}

/** The effect in money: rounded once, streams sum to the total, the netted amount is split as the point is. */
export function effectAmounts(
  effect: Pick<MeasuredEffect, 'total' | 'streams' | 'nettable'>,
  digits: number,
): EffectAmounts {
  const total = toMinor(effect.total.point);
  const buyAgain = toMinor(effect.streams.buyAgain);
  const spreadTheWord = toMinor(effect.streams.spreadTheWord);
  const point = { buyAgain, spreadTheWord, buyMore: total - buyAgain - spreadTheWord };
  const netted = effect.nettable ? nearerZero(effect.total.low, effect.total.high) : 0n;
  if (netted === 0n || total === 0n) return { point, netted: NOTHING };
  const shares = apportionQuotas(
    netted,
    STREAMS.map((stream) => ({ key: stream, quota: Fraction.of(netted * point[stream], total) })),
    digits,
  );
  return { point, netted: combine((stream) => shares[STREAMS.indexOf(stream)]!) };
}

function nearerZero(low: number, high: number): bigint {
  if (low > 0) return toMinor(low);
  if (high < 0) return toMinor(high);
  return 0n;
}
