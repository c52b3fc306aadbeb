/**
 * The value below which a share of the sorted values lies, linear between neighbours (type 7 of Hyndman and Fan, the default of R); NaN without
 * values. simple-statistics has no interpolating kind.
 */
export function quantileSorted(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share
  const lower = sorted[Math.floor(place)] ?? NaN
  const upper = sorted[Math.ceil(place)] ?? NaN
  return lower === upper ? lower : lower + (place - Math.floor(place)) * (upper - lower)
}
