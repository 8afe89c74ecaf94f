import { compareKeys } from '../../domain/apportionment.ts';
import { invariant } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import type { Books, Line } from '../../domain/statements/books.ts';
import { apportioned, byKey, proportional } from './apportioned.ts';
import type { Volume } from './volumes.ts';
import type { ClaimView, GroupView, LineView, PoolFigures, PoolView, UnitView } from './workbook-model.ts';

export interface Allocation {
  readonly claims: ClaimView[];
  readonly groups: GroupView[];
  /** without what the bridge adds */
  readonly lines: Omit<LineView, 'bridgeCell' | 'likeForLike'>[];
}

interface Draft {
  readonly key: string;
  readonly block: ClaimView['block'];
  readonly source: ClaimView['source'];
  readonly unit: string | null;
  readonly kind: Line['kind'] | null;
  readonly serviceKind: string | null;
  readonly volumes: readonly Volume[];
  /** exact, minor units; blocks that share out by quantity have none */
  readonly exact?: Fraction;
  readonly quantity?: Fraction;
}

type KeysOf = { readonly units: ReadonlyMap<string, UnitView>; readonly decisions: ReadonlyMap<string, string> };

/**
 * The rows of Allocation and Lines: pool → units and service (level 1), → decisions (level 2), → lines (level 3), each a
 * largest-remainder apportionment of the amount above it. Proven against the books, row by row.
 */
export function allocationOf(
  books: Books,
  pools: readonly PoolView[],
  volumes: readonly Volume[],
  keys: KeysOf,
  policy: string,
  digits: number,
): Allocation {
  const claims: ClaimView[] = [];
  const groups: GroupView[] = [];
  const lines: Allocation['lines'] = [];
  for (const pool of pools) {
    const own = volumes.filter((volume) => volume.key.pool === pool.pool.code);
    for (const block of blocksOf(pool, own)) {
      const drafts = [...block.drafts].sort(byKey);
      const shares = block.proportional
        ? proportional(
            block.total,
            drafts.map(({ key, quantity }) => ({ key, weight: quantity! })),
          )
        : drafts.map(({ key, exact }) => ({ key, quota: exact! }));
      const rows = apportioned(block.total, shares, digits);
      drafts.forEach((draft, i) =>
        claims.push(claimOf(draft, pool, block.total, rows[i]!, claims.length + 1, books, keys)),
      );
    }
    if (policy === 'proportional') spread(pool, own, claims, books, keys, digits);
  }
  for (const claim of claims) {
    if (claim.kind !== 'contacts') continue;
    const pool = pools.find(({ key }) => key === claim.poolKey)!;
    const unit = unitOf(claim.unitKey!, keys);
    const own = volumes.filter(({ key }) => key.pool === pool.pool.code && key.taker?.unit === unit);
    addLines(claim, pool, own, books, keys, digits, groups, lines);
  }
  addOtherLines(books, claims, pools, keys, lines);
  invariant(lines.length === books.lines.length, `the workbook has ${lines.length} lines of ${books.lines.length}`);
  return { claims, groups, lines };
}

interface Block {
  readonly total: bigint;
  readonly proportional: boolean;
  readonly drafts: readonly Draft[];
}

function blocksOf(pool: PoolView, volumes: readonly Volume[]): Block[] {
  if (pool.split === 'direct' || pool.split === 'support') return [];
  const { figures, result } = pool;
  const none = { unit: null, kind: null, volumes: [] };
  const rest = (serviceKind: string, source: keyof PoolFigures): Draft => ({
    ...none,
    key: `service:${serviceKind}`,
    block: 'rest',
    source,
    serviceKind,
    exact: figures[source] as Fraction,
  });
  const unused = [
    rest('unused.forecast_shortfall', 'unusedShortfall'),
    rest('unused.other', 'unusedOther'),
    rest('unused.planned_buffer', 'unusedBuffer'),
  ];
  const uses = usesOf(volumes);
  if (pool.split === 'standard') {
    const charged = uses.map((use): Draft => ({ ...use, source: 'quantity', quantity: sum(use.volumes, 'standard') }));
    const rests = [
      rest('variance.handle_time', 'handleTime'),
      rest(`variance.${pool.pool.contract ? 'contract' : 'rate_own'}`, 'rateOwn'),
      rest('variance.rate_support', 'rateSupport'),
      ...unused,
    ];
    return [
      ...(charged.length > 0 ? [{ total: figures.charged, proportional: true, drafts: charged }] : []),
      { total: figures.rest, proportional: false, drafts: rests },
    ];
  }
  const rate = pool.split === 'actual' ? result.rate : figures.variableRate;
  const priced = uses.map((use): Draft => {
    const quantity = sum(use.volumes, 'used');
    return { ...use, source: 'priced', quantity, exact: quantity.times(rate) };
  });
  const reserved = [...pool.reserved].map(([unit, quantity]): Draft => ({
    ...none,
    key: `reserved:${unit}`,
    block: 'charge',
    source: 'fixedRate',
    unit,
    kind: 'reserved',
    serviceKind: null,
    quantity,
    exact: quantity.times(figures.fixedRate),
  }));
  const kept = pool.split === 'actual' ? unused : [rest('unused.other', 'reservedUnused')];
  const drafts = [...priced, ...reserved, ...kept];
  return [{ total: result.cost, proportional: false, drafts }];
}

function usesOf(volumes: readonly Volume[]): Omit<Draft, 'source'>[] {
  const uses = new Map<string, Volume[]>();
  for (const volume of volumes) {
    const { taker, service } = volume.key;
    const key = taker ? `unit:${taker.unit}` : `service:${service}`;
    const own = uses.get(key);
    if (own) own.push(volume);
    else uses.set(key, [volume]);
  }
  return [...uses].map(([key, own]) => {
    const { taker, service } = own[0]!.key;
    return {
      key,
      block: 'charge',
      unit: taker?.unit ?? null,
      kind: taker ? 'contacts' : null,
      serviceKind: service,
      volumes: own,
    };
  });
}

function claimOf(
  draft: Draft,
  pool: PoolView,
  total: bigint,
  row: ClaimView['apportioned'],
  no: number,
  books: Books,
  keys: KeysOf,
): ClaimView {
  const posted = draft.unit
    ? books.lines.filter((line) => line.pool === pool.pool.code && line.unit === draft.unit && line.kind === draft.kind)
    : books.serviceLines.filter((line) => line.pool === pool.pool.code && line.kind === draft.serviceKind);
  const asPosted = posted.reduce((all, line) => all + line.amount, 0n);
  // Unused parts that the units take over leave no service line: what was posted then stands in the spread.
  const kept = draft.serviceKind === null || posted.length > 0 || row.posted === 0n;
  invariant(!kept || asPosted === row.posted, `${pool.pool.code} ${draft.key}: ${row.posted}, posted ${asPosted}`);
  return {
    no,
    poolKey: pool.key,
    block: draft.block,
    unitKey: draft.unit && keys.units.get(draft.unit)!.key,
    kind: draft.kind,
    serviceKind: draft.serviceKind,
    source: draft.source,
    used: sum(draft.volumes, 'used'),
    standard: sum(draft.volumes, 'standard'),
    contacts: sum(draft.volumes, 'attributed'),
    quantity: draft.quantity ?? Fraction.ZERO,
    total,
    apportioned: row,
    kept,
    asPosted: kept ? asPosted : row.posted,
  };
}

/** Policy `proportional`: the units take unused capacity in proportion to the quantity that they are charged for. */
function spread(
  pool: PoolView,
  volumes: readonly Volume[],
  claims: ClaimView[],
  books: Books,
  keys: KeysOf,
  digits: number,
): void {
  const taken = claims.filter((claim) => claim.poolKey === pool.key && claim.serviceKind?.startsWith('unused.'));
  if (taken.every((claim) => claim.kept)) return;
  for (const claim of taken) claims[claims.indexOf(claim)] = { ...claim, kept: false };
  const total = taken.reduce((all, claim) => all + claim.apportioned.posted, 0n);
  const charged = volumes.filter(({ key }) => key.taker?.treatment === 'charged');
  const weights = grouped(charged, ({ key }) => key.taker!.unit).map(([key, own]) => ({
    key,
    weight: sum(own, pool.pricedBy),
  }));
  const rows = apportioned(total, proportional(total, weights), digits);
  weights.forEach(({ key: unit, weight }, i) => {
    const draft: Draft = {
      key: unit,
      block: 'spread',
      source: 'quantity',
      unit,
      kind: 'unused_share',
      serviceKind: null,
      volumes: [],
      quantity: weight,
    };
    claims.push(claimOf(draft, pool, total, rows[i]!, claims.length + 1, books, keys));
  });
}

function addLines(
  claim: ClaimView,
  pool: PoolView,
  volumes: readonly Volume[],
  books: Books,
  keys: KeysOf,
  digits: number,
  groups: GroupView[],
  lines: Allocation['lines'],
): void {
  const byDecision = grouped(volumes, ({ key }) => key.taker!.decision ?? '');
  const weights = byDecision.map(([key, own]) => ({ key, weight: sum(own, pool.pricedBy) }));
  const amounts = apportioned(claim.apportioned.posted, proportional(claim.apportioned.posted, weights), digits);
  byDecision.forEach(([decision, own], i) => {
    const group: GroupView = {
      no: groups.length + 1,
      claimNo: claim.no,
      unitKey: claim.unitKey!,
      poolKey: claim.poolKey,
      decisionKey: keys.decisions.get(decision) ?? null,
      quantity: weights[i]!.weight,
      total: claim.apportioned.posted,
      apportioned: amounts[i]!,
    };
    groups.push(group);
    const byLine = grouped(own, ({ lineRank }) => lineRank!);
    const quantities = byLine.map(([key, parts]) => ({ key, weight: sum(parts, pool.pricedBy) }));
    const posted = group.apportioned.posted;
    const rows = apportioned(posted, proportional(posted, quantities), digits);
    byLine.forEach(([, parts], j) => {
      const line = books.lines.find((candidate) => candidate.id === parts[0]!.lineId)!;
      invariant(line.amount === rows[j]!.posted, `line ${line.id}: ${rows[j]!.posted}, posted ${line.amount}`);
      lines.push({
        no: lines.length + 1,
        line,
        unitKey: claim.unitKey!,
        poolKey: claim.poolKey,
        decisionKey: group.decisionKey,
        groupNo: group.no,
        claimNo: null,
        contacts: Fraction.of(line.microContacts, 1_000_000n),
        used: sum(parts, 'used'),
        standard: sum(parts, 'standard'),
        apportioned: rows[j]!,
      });
    });
  });
}

/** Direct pools, reserved capacity, shares of unused capacity: lines that no contact explains. */
function addOtherLines(
  books: Books,
  claims: readonly ClaimView[],
  pools: readonly PoolView[],
  keys: KeysOf,
  lines: Allocation['lines'],
): void {
  for (const line of books.lines) {
    if (line.kind === 'contacts') continue;
    const unitKey = keys.units.get(line.unit)!.key;
    const poolKey = pools.find(({ pool }) => pool.code === line.pool)!.key;
    const claim = claims.find(
      (candidate) => candidate.kind === line.kind && candidate.unitKey === unitKey && candidate.poolKey === poolKey,
    );
    lines.push({
      no: lines.length + 1,
      line,
      unitKey,
      poolKey,
      decisionKey: null,
      groupNo: null,
      claimNo: claim?.no ?? null,
      contacts: Fraction.ZERO,
      used: line.quantity,
      standard: line.quantity,
      apportioned: null,
    });
  }
}

function unitOf(key: string, keys: KeysOf): string {
  return [...keys.units.values()].find((unit) => unit.key === key)!.code;
}

function grouped(volumes: readonly Volume[], keyOf: (volume: Volume) => string): [string, Volume[]][] {
  const groups = new Map<string, Volume[]>();
  for (const volume of volumes) {
    const own = groups.get(keyOf(volume));
    if (own) own.push(volume);
    else groups.set(keyOf(volume), [volume]);
  }
  return [...groups].sort(([a], [b]) => compareKeys(a, b));
}

function sum(volumes: readonly Volume[], field: 'used' | 'standard' | 'attributed'): Fraction {
  return volumes.reduce((all, volume) => all.plus(volume[field]), Fraction.ZERO);
}
