import { expect, test } from 'vitest'
import {
  bar,
  counted,
  countText,
  figures,
  lengthText,
  natsText,
  percentText,
} from '../../../src/core/report/numbers.ts'
import { milliseconds, seconds } from '../../../src/core/units.ts'

test.for([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [12_408, '12,408'],
  [1_234_567, '1,234,567'],
] as const)('%d requests are %s', ([value, text]) => expect(countText(value)).toBe(text))

test.for([
  [0, '0 %'],
  [0.031, '3.1 %'],
  [0.0012, '0.12 %'],
  [0.000_04, '0.004 %'],
  [0.000_000_123, '0.000012 %'],
  [0.2, '20 %'],
  [0.197, '19.7 %'],
  [0.999_9, '99.9 %'],
  [0.099_99, '10 %'],
  [1, '100 %'],
] as const)('%d is %s', ([value, text]) => expect(percentText(value)).toBe(text))

test.for([
  [28.4, '28'],
  [1.23, '1.2'],
  [0.083, '0.083'],
  [9.97, '10'],
  [1e9, '1,000,000,000'],
] as const)('%d times is %s', ([value, text]) => expect(figures(value)).toBe(text))

test.for([
  [0, '0.0'],
  [-0.04, '0.0'],
  [-0.4, '-0.4'],
  [5.25, '5.3'],
] as const)('%d nats are %s', ([value, text]) => expect(natsText(value)).toBe(text))

test('lengths are whole seconds', () => {
  expect(
    [milliseconds(0), milliseconds(400), seconds(90.4), seconds(3900)].map(lengthText),
  ).toEqual(['0s', '0s', '1m30s', '1h5m'])
})

test('one is not many', () => {
  expect([0, 1, 2].map((value) => counted(value, 'block'))).toEqual([
    '0 blocks',
    '1 block',
    '2 blocks',
  ])
})

test.for([
  [Number.NaN, '░░░░'],
  [-3, '░░░░'],
  [0, '░░░░'],
  [0.01, '█░░░'],
  [0.5, '██░░'],
  [0.99, '███░'],
  [1, '████'],
  [7, '████'],
] as const)('a bar of %d is %s: full only when reached, empty only for nothing', ([part, text]) =>
  expect(bar(part, 4)).toBe(text),
)
