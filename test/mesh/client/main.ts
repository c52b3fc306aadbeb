/**
 * A bounded client: requests at a fixed rate through the gateway, and who answered them.
 *
 *   node test/mesh/client/main.ts HOST RATE SECONDS [HEADER=VALUE...]
 *
 * Ends after SECONDS, or earlier when it is asked to; the last line it prints is the tally, as JSON.
 */

import { Agent, request } from 'node:http'
import { gatewayAddress } from '../network.ts'
import { imageHeader } from '../pods/pod-server.ts'
import { type Answer, Tally } from './tally.ts'

const [host = '', rate = '', seconds = '', ...given] = process.argv.slice(2)
const headers = Object.fromEntries(given.map((each) => each.split('=', 2)))
const mostPending = 64
const agent = new Agent({ keepAlive: true, maxSockets: mostPending })
const tally = new Tally()
const begun = performance.now()
const most = Math.floor(Number(rate) * Number(seconds))
let sent = 0

/** What is due is sent at once, however late the timer is; where answers are slow, it waits until fewer are on their way. */
const timer = setInterval(() => {
  const due = Math.min(most, Math.floor(((performance.now() - begun) / 1000) * Number(rate)))
  for (; sent < due && tally.pending < mostPending; sent += 1) send()
  if (sent >= most) end()
}, 2)
process.on('SIGTERM', end)

/** `close` comes once, whatever came before it. */
function send(): void {
  tally.begin()
  let answer: Answer = { code: 0, image: undefined, text: 'no answer' }
  const asked = request(
    { agent, host: gatewayAddress, port: 80, path: '/', headers: { host, ...headers } },
    (response) => {
      const { statusCode = 0 } = response
      const image = response.headers[imageHeader]
      answer = { code: statusCode, image: typeof image === 'string' ? image : undefined, text: '' }
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        answer = { ...answer, text: answer.text + part }
      })
      response.on('error', broken)
    },
  )
  const broken = (error: Error): void => {
    answer = { code: 0, image: undefined, text: error.message }
  }
  asked.setTimeout(10_000, () => asked.destroy(new Error('no answer within 10 s')))
  asked.on('error', broken)
  asked.on('close', () => tally.answered(answer))
  asked.end()
}

/** Waits for what is on its way. */
function end(): void {
  clearInterval(timer)
  tally.whenSettled(() => {
    process.stdout.write(`${JSON.stringify(tally.told())}\n`, () => process.exit(0))
  })
}
