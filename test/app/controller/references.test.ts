import { expect, test } from 'vitest'
import { References } from '../../../src/app/controller/references.ts'
import type { ObjectRef } from '../../../src/core/object.ts'

const service = (name: string): ObjectRef => ({ kind: 'Service', namespace: 'shop', name })

test('who refers to a thing is known until it no longer does', () => {
  const references = new References()
  references.set('Rollout/shop/a', [service('one'), service('two')])
  references.set('Rollout/shop/b', [service('two')])
  expect(references.referrersOf('Service/shop/two')).toEqual(['Rollout/shop/a', 'Rollout/shop/b'])
  references.set('Rollout/shop/a', [service('one')])
  expect(references.referrersOf('Service/shop/two')).toEqual(['Rollout/shop/b'])
  references.set('Rollout/shop/b', [])
  expect(references.referrersOf('Service/shop/two')).toEqual([])
})
