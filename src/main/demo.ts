/** `haldane demo`: the controller and the sandbox in one process, in compressed time. A good release is promoted, a bad one rolled back. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFace, type DemoFace } from '../app/cli/demo-face.ts'
import {
  type DemoRelease,
  type Ending,
  endedAsExpected,
  type ReportFiles,
} from '../app/cli/demo-release.ts'
import type { DemoOptions, Io } from '../app/cli/programs.ts'
import { startController } from '../app/controller/controller.ts'
import { textAt } from '../core/json.ts'
import { standardDefaults } from '../core/manifest/judge-settings.ts'
import { reportJson } from '../core/report/make-report.ts'
import { markdownOf } from '../core/report/markdown.ts'
import type { News } from '../core/report/news.ts'
import type { ReleaseReport } from '../core/report/release-report.ts'
import { between, type Duration, instant, milliseconds, minutes, seconds } from '../core/units.ts'
import type { Log } from '../ports.ts'
import { createWorld, type World } from '../sandbox/world.ts'
import { demoObjects, demoRollout, templateOf, versions } from './demo-objects.ts'

/** Virtual seconds in a real one: both releases together take less than a minute. */
const usualSpeed = 10
/** Pictures a second. */
const pace: Duration = milliseconds(100)
/** A release that takes longer than this has failed to end. */
const patience: Duration = minutes(30)
/** As shells say it for SIGINT. */
const interrupted = 130
const folder = join('.haldane', 'demo')

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

const releases: readonly DemoRelease[] = [
  {
    name: 'good',
    title: 'reviews 1.1, which is as good as 1.0',
    expected: 'promoted',
    rollout: demoRollout,
  },
  {
    name: 'bad',
    title: 'reviews 1.2, which fails 3 % of its requests',
    expected: 'rolled-back',
    rollout: demoRollout,
  },
]

/** 0 when every release ended as expected. */
export async function runDemo(options: DemoOptions, io: Io): Promise<number> {
  const face = createFace(io, options)
  const world = createWorld({
    seed: String(options.seed),
    start: instant(Date.UTC(2026, 0, 5, 9)),
    rps: () => 400,
    scrapeInterval: seconds(5),
  })
  const forget = io.onInterrupt(() => {
    face.finish([])
    process.exit(interrupted)
  })
  const stage = new Stage(world, face, options.speed ?? usualSpeed)
  try {
    await stage.open()
    const chosen = releases.filter(
      ({ name }) => options.only === undefined || name === options.only,
    )
    const endings: Ending[] = []
    for (const release of chosen) endings.push(await stage.play(release))
    face.finish(endings)
    return endings.every(endedAsExpected) ? 0 : 1
  } catch (error) {
    face.finish([])
    throw error
  } finally {
    forget()
    stage.close()
  }
}

class Stage {
  readonly #world: World
  readonly #face: DemoFace
  readonly #speed: number
  #report: ReleaseReport | undefined
  #close: () => void = () => undefined

  constructor(world: World, face: DemoFace, speed: number) {
    this.#world = world
    this.#face = face
    this.#speed = speed
  }

  /** Brings version 1.0 up, at once, and lets it serve for a while: its pods teach the judge how failures come. */
  async open(): Promise<void> {
    const { cluster, metrics, clock } = this.#world
    for (const object of demoObjects()) await cluster.create(object)
    const controller = await startController({
      cluster: cluster.as('haldane'),
      metricsAt: () => metrics,
      clock,
      log: silent,
      tell: (news) => this.#hear(news),
      defaults: standardDefaults,
      links: { prometheus: 'http://prometheus.example.com' },
    })
    this.#close = controller.stop
    while ((await this.#phase()) !== 'Healthy') await this.#world.advance(seconds(5))
    await this.#world.advance(minutes(20))
  }

  close(): void {
    this.#close()
  }

  async play(release: DemoRelease): Promise<Ending> {
    this.#report = undefined
    await this.#toTheFullMinute()
    this.#face.begin(release)
    const version = versions[release.name]
    await this.#world.cluster.patch(demoRollout, {
      type: 'merge',
      body: { spec: { template: templateOf(version) } },
    })
    const ending = await this.#watch(release)
    this.#face.end(ending)
    return ending
  }

  async #watch(release: DemoRelease): Promise<Ending> {
    const start = this.#world.clock.now()
    while (this.#report === undefined) {
      if (between(start, this.#world.clock.now()) > patience)
        return {
          release,
          kind: 'unfinished',
          because: 'it did not end within 30 minutes of its own time',
        }
      await this.#world.advance(milliseconds(pace * this.#speed))
      this.#face.tick(this.#world.clock.now())
      await sleep(pace)
    }
    return {
      release,
      kind: 'over',
      report: this.#report,
      files: writeReport(release.name, this.#report),
    }
  }

  /** The same seed plays the same at any speed. */
  async #toTheFullMinute(): Promise<void> {
    const past = this.#world.clock.now() % minutes(1)
    await this.#world.advance(milliseconds(minutes(1) - past))
  }

  #hear(news: News): void {
    if (news.kind === 'report') this.#report = news.report
    this.#face.tell(news)
  }

  async #phase(): Promise<string | undefined> {
    return textAt((await this.#world.cluster.read(demoRollout))?.json, 'status', 'phase')
  }
}

function writeReport(name: string, report: ReleaseReport): ReportFiles {
  mkdirSync(folder, { recursive: true })
  const files = { json: join(folder, `${name}.json`), markdown: join(folder, `${name}.md`) }
  writeFileSync(files.json, reportJson(report))
  writeFileSync(files.markdown, markdownOf(report))
  return { json: relative('.', files.json), markdown: relative('.', files.markdown) }
}
