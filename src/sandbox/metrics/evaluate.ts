/** What a query_range answers: the value of an expression at each asked moment. */
import type { Sample, Series } from '../../core/judge/reading.ts'
import { type Instant, instant } from '../../core/units.ts'
import type { Window } from '../../ports.ts'
import type { Labels } from '../mesh/counters.ts'
import { type Expression, isVector, type Matcher } from './promql.ts'
import type { StoredSeries } from './samples.ts'

/** Values at the asked moments, by place; undefined where there is none. */
type Row = { readonly labels: Labels; readonly values: readonly (number | undefined)[] }

/** Series without a value at any of the moments are left out. */
export function evaluate(
  expression: Expression,
  stored: readonly StoredSeries[],
  moments: readonly Instant[],
): readonly Series[] {
  return rows(expression, stored, moments)
    .map(({ labels, values }) => ({ labels, samples: samplesOf(values, moments) }))
    .filter(({ samples }) => samples.length > 0)
}

export function momentsOf({ from, to, step }: Window): readonly Instant[] {
  const count = Math.floor((to - from) / step) + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => instant(from + index * step))
}

function samplesOf(values: Row['values'], moments: readonly Instant[]): readonly Sample[] {
  return moments.flatMap((at, place) => {
    const value = values[place]
    return value === undefined ? [] : [{ at, value }]
  })
}

function rows(
  expression: Expression,
  stored: readonly StoredSeries[],
  moments: readonly Instant[],
): readonly Row[] {
  switch (expression.kind) {
    case 'number':
      return [{ labels: {}, values: moments.map(() => expression.value) }]
    case 'selector':
      return stored
        .filter(({ labels }) => fits(labels, expression.matchers))
        .map((series) => ({
          labels: series.labels,
          values: moments.map((at) => series.valueAt(at)),
        }))
    case 'aggregate':
      return folded(expression, rows(expression.of, stored, moments), moments.length)
    case 'arithmetic':
      return calculated(
        expression,
        rows(expression.left, stored, moments),
        rows(expression.right, stored, moments),
      )
    case 'or':
    case 'and':
      return joined(
        expression,
        rows(expression.left, stored, moments),
        rows(expression.right, stored, moments),
      )
  }
}

function joined(
  { kind, on }: Expression & { readonly kind: 'or' | 'and' },
  lefts: readonly Row[],
  rights: readonly Row[],
): readonly Row[] {
  return kind === 'and'
    ? kept(lefts, rights, on, true)
    : [...lefts, ...kept(rights, lefts, on, false)]
}

/** Moment by moment: the rows that the others have as well, or have not. */
function kept(
  of: readonly Row[],
  others: readonly Row[],
  on: readonly string[],
  isThere: boolean,
): readonly Row[] {
  const keyOf = ({ labels }: Row): string => on.map((label) => labels[label] ?? '').join('\n')
  const byKey = Map.groupBy(others, keyOf)
  const has = (row: Row, place: number): boolean =>
    byKey.get(keyOf(row))?.some(({ values }) => values[place] !== undefined) ?? false
  return of.map((row) => ({
    labels: row.labels,
    values: row.values.map((value, place) => (has(row, place) === isThere ? value : undefined)),
  }))
}

function fits(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every(({ label, holds }) => holds(labels[label] ?? ''))
}

function folded(
  { by, fold }: Expression & { readonly kind: 'aggregate' },
  parts: readonly Row[],
  moments: number,
): readonly Row[] {
  const groups = Map.groupBy(parts, ({ labels }) =>
    by.map((label) => labels[label] ?? '').join('\n'),
  )
  return [...groups.values()].map((group) => ({
    labels: only(group[0]?.labels ?? {}, by),
    values: Array.from({ length: moments }, (_, place) => {
      const values = group.map((row) => row.values[place]).filter((value) => value !== undefined)
      return values.length === 0 ? undefined : fold(values)
    }),
  }))
}

/** An empty label is an absent one. */
function only(labels: Labels, names: readonly string[]): Labels {
  const pairs = names.map((name) => [name, labels[name] ?? ''] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''))
}

/** One side at most has series; the other is a single number without labels. */
function calculated(
  { left, apply }: Expression & { readonly kind: 'arithmetic' },
  lefts: readonly Row[],
  rights: readonly Row[],
): readonly Row[] {
  const leftIsNumber = !isVector(left)
  const [scalar, vector] = leftIsNumber ? [lefts[0], rights] : [rights[0], lefts]
  return vector.map(({ labels: { __name__: _name, ...labels }, values }) => ({
    labels,
    values: values.map((value, place) => {
      const other = scalar?.values[place]
      if (value === undefined || other === undefined) return undefined
      return leftIsNumber ? apply(other, value) : apply(value, other)
    }),
  }))
}
