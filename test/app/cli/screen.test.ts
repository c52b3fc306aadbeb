import { expect, test } from 'vitest'
import { Screen } from '../../../src/app/cli/screen.ts'
import { testIo } from './recorded.ts'

test('draws over what it drew, clears what is left of it, and gives the cursor back', () => {
  const io = testIo()
  const screen = new Screen(io)
  screen.draw('one\ntwo\nthree')
  screen.draw('only')
  screen.close()
  expect(visible(io.written())).toBe(
    '[hide][clear]one\n[clear]two\n[clear]three\n[below][up 3][clear]only\n[below][show]',
  )
})

test('the same picture is not drawn twice', () => {
  const io = testIo()
  const screen = new Screen(io)
  screen.draw('one')
  screen.draw('one')
  expect(visible(io.written())).toBe('[hide][clear]one\n[below]')
})

test('what is kept stays above', () => {
  const io = testIo()
  const screen = new Screen(io)
  screen.draw('one')
  screen.keep()
  screen.draw('one')
  expect(visible(io.written())).not.toContain('[up')
})

test('an interrupt gives the cursor back, once, and ends the drawing', () => {
  const io = testIo()
  const screen = new Screen(io)
  screen.draw('one')
  io.interrupt()
  io.interrupt()
  screen.draw('two')
  screen.close()
  expect(visible(io.written())).toBe('[hide][clear]one\n[below][show]')
})

test('a screen that never drew writes nothing', () => {
  const io = testIo()
  new Screen(io).close()
  expect(io.written()).toBe('')
})

function visible(text: string): string {
  return text
    .replaceAll('\u001b[?25l', '[hide]')
    .replaceAll('\u001b[?25h', '[show]')
    .replaceAll('\u001b[2K', '[clear]')
    .replaceAll('\u001b[J', '[below]')
    .replaceAll('\r\u001b[3A', '[up 3]')
    .replaceAll('\r\u001b[1A', '[up 1]')
}
