import { expect, test } from 'vitest'
import { canonicalQuantity } from '../../../src/core/manifest/quantity.ts'

/** Expected values are what Go's resource.Quantity (apimachinery v0.34.5) writes. */
test.for([
  { given: '1000m', written: '1' },
  { given: '0.5', written: '500m' },
  { given: '.5', written: '500m' },
  { given: '1024Mi', written: '1Gi' },
  { given: '1.5Gi', written: '1536Mi' },
  { given: '1000Ki', written: '1000Ki' },
  { given: '0.5Ki', written: '512' },
  { given: '128000k', written: '128M' },
  { given: '1e3', written: '1e3' },
  { given: '100e4', written: '1e6' },
  { given: '1E', written: '1E' },
  { given: '0Gi', written: '0' },
  { given: '-1.5', written: '-1500m' },
  { given: ' 5 ', written: '5' },
])('$given becomes $written', ({ given, written }) => {
  expect(canonicalQuantity(given)).toBe(written)
})

test.for([
  { it: 'a text that needs no change', given: '1.500', written: '1.500' },
  { it: 'a plus sign', given: '+1', written: '+1' },
  { it: 'a plus sign not, when the text changes', given: '+1000', written: '1k' },
  { it: 'no digit as zero', given: 'm', written: '0' },
  { it: 'less than 1n as 1n', given: '0.1n', written: '1n' },
  { it: 'no suffix beyond E', given: '1000000000000000000000', written: '1' },
  { it: 'binary amounts up to 2^63-1', given: '100Ei', written: '9223372036854775807' },
  { it: 'an exponent of any size', given: '1e1000', written: '10e999' },
])('keeps what Go does: $it', ({ given, written }) => {
  expect(canonicalQuantity(given)).toBe(written)
})

test.for([
  '',
  ' ',
  'lots',
  '1..2',
  '1 m',
  'e',
  '1mi',
  '1e1.5',
  '1ee3',
  'Ei',
  '1e99999999999999999999',
])('refuses "%s", as Go does', (given) => {
  expect(canonicalQuantity(given)).toBeUndefined()
})
