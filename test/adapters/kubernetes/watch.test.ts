import type { ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { milliseconds } from '../../../src/core/units.ts'
import type { Change, Cluster, Log } from '../../../src/ports.ts'
import { type Answering, answerJson, answerText, type Request } from '../loopback.ts'
import { listOf, rollout, startApiServer, status } from './api-server.ts'

test('shows every object, then that the picture is complete, then each change in order', async () => {
  const { cluster } = await startApiServer(
    script({
      lists: [listOf('5', rollout('a', '1'), rollout('b', '2'))],
      streams: [stays(event('MODIFIED', rollout('a', '6')), event('DELETED', rollout('b', '7')))],
    }),
  )
  expect(await changes(cluster, 5)).toEqual(['set a 1', 'set b 2', 'synced', 'set a 6', 'gone b'])
})

test('asks for bookmarks, from where the list ended, for a bounded time', async () => {
  const { cluster, server } = await startApiServer(
    script({ lists: [listOf('5')], streams: [stays(event('ADDED', rollout('a', '6')))] }),
  )
  await changes(cluster, 2)
  expect(Object.fromEntries(server.requests[1]?.query ?? [])).toEqual({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: '5',
    timeoutSeconds: '300',
  })
})

test('of a kind with a label only the objects that have it are asked for, listed and watched', async () => {
  const { cluster, server } = await startApiServer(
    script({ lists: [listOf('5')], streams: [stays(event('ADDED', rollout('a', '6')))] }),
    { labelOf: { Rollout: 'ours' } },
  )
  await changes(cluster, 2)
  expect(server.requests.map(({ query }) => query.get('labelSelector'))).toEqual(['ours', 'ours'])
})

test('carries on where a connection broke off, without listing again', async () => {
  const { cluster, server } = await startApiServer(
    script({
      lists: [listOf('5')],
      streams: [
        breaks(event('ADDED', rollout('a', '6')), '{"type":"MODIFIED","obj'),
        stays(event('MODIFIED', rollout('a', '7'))),
      ],
    }),
  )
  expect(await changes(cluster, 3)).toEqual(['synced', 'set a 6', 'set a 7'])
  expect(versionsAsked(server.requests)).toEqual(['list', '5', '6'])
})

test('carries on from a bookmark', async () => {
  const { cluster, server } = await startApiServer(
    script({
      lists: [listOf('5')],
      streams: [
        ends(event('BOOKMARK', { metadata: { resourceVersion: '90' } })),
        stays(event('ADDED', rollout('a', '91'))),
      ],
    }),
  )
  expect(await changes(cluster, 2)).toEqual(['synced', 'set a 91'])
  expect(versionsAsked(server.requests)).toEqual(['list', '5', '90'])
})

const gone = status(410, 'Expired', 'too old resource version')

test.for([
  { it: 'within the stream', expires: ends(event('ERROR', gone)) },
  { it: 'at once', expires: (response: ServerResponse) => answerJson(response, 410, gone) },
  { it: 'as something that is no event', expires: ends('nonsense\n') },
])(
  'an expired version, told $it, is made good by a list and its differences',
  async ({ expires }) => {
    const { cluster, server } = await startApiServer(
      script({
        lists: [
          listOf('5', rollout('same', '1'), rollout('changed', '2'), rollout('vanished', '3')),
          listOf('9', rollout('same', '1'), rollout('changed', '8'), rollout('new', '7')),
        ],
        streams: [expires, stays(event('ADDED', rollout('later', '10')))],
      }),
    )
    expect((await changes(cluster, 8)).slice(3)).toEqual([
      'synced',
      'gone vanished',
      'set changed 8',
      'set new 7',
      'set later 10',
    ])
    expect(versionsAsked(server.requests)).toEqual(['list', '5', 'list', '9'])
  },
)

test('an object that was made anew under the same name is gone before it is set', async () => {
  const { cluster } = await startApiServer(
    script({
      lists: [listOf('5', rollout('a', '1', 'old')), listOf('9', rollout('a', '8', 'new'))],
      streams: [ends(event('ERROR', gone)), stays()],
    }),
  )
  expect(await changes(cluster, 4)).toEqual(['set a 1', 'synced', 'gone a', 'set a 8'])
})

test('is complete only when a list succeeded, and tells a trouble once', async () => {
  const told: unknown[] = []
  const busy = status(429, 'TooManyRequests', 'try again later')
  const broken = status(500, 'InternalError', 'etcd is away')
  const { cluster, server } = await startApiServer(
    script({
      lists: [busy, busy, busy, broken, listOf('5', rollout('a', '1'))],
      streams: [stays()],
    }),
    { log: warningsTo(told) },
  )
  expect(await changes(cluster, 2)).toEqual(['set a 1', 'synced'])
  expect(versionsAsked(server.requests).slice(0, 5)).toEqual(Array(5).fill('list'))
  expect(told).toEqual([
    { kind: 'Rollout', error: 'list Rollout: try again later' },
    { kind: 'Rollout', error: 'list Rollout: etcd is away' },
  ])
})

test('a watch that is refused for a while is tried again from the same version', async () => {
  const { cluster, server } = await startApiServer(
    script({
      lists: [listOf('5')],
      streams: [
        (response) => answerText(response, 502, '<html>'),
        (response) => response.destroy(),
        stays(event('ADDED', rollout('a', '6'))),
      ],
    }),
  )
  expect(await changes(cluster, 2)).toEqual(['synced', 'set a 6'])
  expect(versionsAsked(server.requests)).toEqual(['list', '5', '5', '5'])
})

test('a kind that is not served is complete and empty, and found when it comes', async () => {
  const absent = status(404, 'NotFound', 'the server could not find the requested resource')
  const { cluster } = await startApiServer(
    script({
      lists: [absent, absent, listOf('5', rollout('a', '1')), absent],
      streams: [(response) => answerJson(response, 404, absent)],
    }),
  )
  expect(await changes(cluster, 3)).toEqual(['synced', 'set a 1', 'gone a'])
})

test('a watch that goes silent outlasts the time limit of other requests', async () => {
  const { cluster, server } = await startApiServer(
    script({
      lists: [listOf('5')],
      streams: [
        (response) => {
          response.writeHead(200).flushHeaders()
          setTimeout(() => response.write(event('ADDED', rollout('a', '6'))), 200)
        },
      ],
    }),
    { timing: { request: milliseconds(60) } },
  )
  expect(await changes(cluster, 2)).toEqual(['synced', 'set a 6'])
  expect(versionsAsked(server.requests)).toEqual(['list', '5'])
})

test('tells nothing and asks nothing after it was stopped', async () => {
  const { cluster, server } = await startApiServer(
    script({
      lists: [listOf('5')],
      streams: [stays(event('ADDED', rollout('a', '6')), event('ADDED', rollout('b', '7')))],
    }),
  )
  const seen: string[] = []
  await new Promise<void>((resolve) => {
    const stop = cluster.watch('Rollout', (change) => {
      seen.push(wordsOf(change))
      if (change.kind !== 'set') return
      stop()
      stop()
      resolve()
    })
  })
  const asked = server.requests.length
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(seen).toEqual(['synced', 'set a 6'])
  expect(server.requests.length).toBe(asked)
})

type Streaming = (response: ServerResponse) => void

/** One answer for each list and each stream in turn; the last of each is repeated. */
function script(play: {
  readonly lists: readonly object[]
  readonly streams: readonly Streaming[]
}): Answering {
  const counts = { lists: 0, streams: 0 }
  const next = <T>(of: readonly T[], key: keyof typeof counts): T | undefined => {
    counts[key] += 1
    return of[Math.min(counts[key], of.length) - 1]
  }
  return ({ query }, response) => {
    if (query.get('watch') === 'true') next(play.streams, 'streams')?.(response)
    else answerList(response, next(play.lists, 'lists') ?? {})
  }
}

function answerList(response: ServerResponse, json: object): void {
  answerJson(response, 'code' in json && typeof json.code === 'number' ? json.code : 200, json)
}

function event(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`
}

function stays(...lines: readonly string[]): Streaming {
  return (response) => {
    response.writeHead(200).flushHeaders()
    response.write(lines.join(''))
  }
}

function ends(...lines: readonly string[]): Streaming {
  return (response) => {
    response.writeHead(200).end(lines.join(''))
  }
}

function breaks(...lines: readonly string[]): Streaming {
  return (response) => {
    response.writeHead(200).write(lines.join(''), () => setTimeout(() => response.destroy(), 20))
  }
}

function changes(cluster: Cluster, count: number): Promise<readonly string[]> {
  const seen: string[] = []
  return new Promise((resolve) => {
    const stop = cluster.watch('Rollout', (change) => {
      seen.push(wordsOf(change))
      if (seen.length === count) resolve(seen)
    })
    onTestFinished(stop)
  })
}

function wordsOf(change: Change): string {
  switch (change.kind) {
    case 'synced':
      return 'synced'
    case 'set':
      return `set ${change.object.metadata.name} ${change.object.metadata.resourceVersion}`
    case 'gone':
      return `gone ${change.ref.name}`
  }
}

function versionsAsked(requests: readonly Request[]): readonly string[] {
  return requests.map(({ query }) => query.get('resourceVersion') ?? 'list')
}

function warningsTo(told: unknown[]): Log {
  return {
    info: unexpected,
    warn: (_message, fields) => void told.push(fields),
    error: unexpected,
  }
}

function unexpected(message: string): never {
  throw new Error(message)
}
