/**
 * Sends a range query with prometheus-query and hands out the answer as it came.
 *
 * The library's own view of an answer is not used: it looks for warnings beside the body instead of within, so its
 * `warningHook` never hears of one; it makes NaN of `+Inf`; it cuts times that are no whole milliseconds; and of a page that is not
 * JSON it drops the status. Its interceptors see everything, so one driver is made for each query, with an interceptor that
 * keeps what came.
 */
import type { PrometheusDriver } from 'prometheus-query'
import { type Duration, inSeconds } from '../../core/units.ts'
import type { Window } from '../../ports.ts'
import type { Endpoint } from './endpoint.ts'

export type Answer = {
  readonly kind: 'answer'
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export type NoAnswer = { readonly kind: 'none'; readonly error: unknown }

type Question = {
  readonly endpoint: Endpoint
  readonly timeout: Duration
  readonly query: string
  readonly window: Window
}

const mostBytes = 32 * 1024 * 1024

export async function send(question: Question): Promise<Answer | NoAnswer> {
  const { query, window, timeout } = question
  let answer: Answer | undefined
  try {
    const driver = await driverFor(question, (came) => {
      answer = came
    })
    // Dates, because the library takes the number 0 for no time at all.
    const [from, to] = [new Date(window.from), new Date(window.to)]
    await driver.rangeQuery(query, from, to, inSeconds(window.step), `${inSeconds(timeout)}s`)
  } catch (error) {
    return answer ?? { kind: 'none', error }
  }
  return answer ?? { kind: 'none', error: undefined }
}

/** Loaded with the first question: a controller that judges nothing does without. */
async function driverFor(
  { endpoint, timeout }: Question,
  keep: (answer: Answer) => void,
): Promise<PrometheusDriver> {
  const library = await import('prometheus-query')
  return new library.PrometheusDriver({
    endpoint: endpoint.url,
    headers: { ...endpoint.headers },
    preferPost: true,
    timeout,
    requestInterceptor: {
      onFulfilled: (request) => ({
        ...request,
        responseType: 'text',
        transformResponse: (body: unknown) => body,
        validateStatus: () => true,
        maxContentLength: mostBytes,
        // Credentials must not follow to another host.
        maxRedirects: 0,
        // The library's own limit is for silence; an answer that drips must end as well.
        signal: AbortSignal.timeout(timeout),
      }),
    },
    responseInterceptor: {
      onFulfilled: (response) => {
        const body: unknown = response.data
        keep({
          kind: 'answer',
          status: response.status,
          contentType: String(response.headers['content-type'] ?? 'no content type'),
          body: typeof body === 'string' ? body : '',
        })
        return response
      },
    },
  })
}

/** Why there was no answer, and what to look at. */
export function unansweredText({ shown }: Endpoint, error: unknown, limit: number): string {
  const code = textOf(error, 'code')
  if (code !== undefined && late.has(code))
    return `${shown} did not answer within ${limit} s; is the query too heavy or the store overloaded?`
  const message = textOf(error, 'error') ?? textOf(error, 'message') ?? ''
  if (message.includes('maxContentLength'))
    return `${shown} answered more than ${mostBytes / 1024 / 1024} MiB; select fewer series`
  const why = code ?? (message === '' ? 'unknown' : message.replaceAll(/\s+/g, ' '))
  return `${shown} did not answer (${why}); is the address right and the store up?`
}

const late: ReadonlySet<string> = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ERR_CANCELED'])

/** The library throws plain objects as well as errors. */
function textOf(error: unknown, key: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const value: unknown = Reflect.get(error, key)
  return typeof value === 'string' ? value : undefined
}
