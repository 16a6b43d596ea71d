import { describe, expect, test } from 'vitest'
import { absentProgram } from '../../src/domain/tasks/absent-programs.ts'
import { refusedType } from '../../src/domain/tasks/refuse-type.ts'
import { canonicalTaskType, NAMED_TASK_TYPES } from '../../src/domain/tasks/task-types.ts'

describe('task types', () => {
  test('every spelling of the Python nodes leads to one name', () => {
    for (const [spelling, name] of [
      ['tool', 'tool.call'],
      ['Text_Generation', 'text-generation'],
      [' docker.run ', 'docker.execute'],
      ['speech-to-text', 'voice.asr'],
      ['mine.own', 'mine.own']
    ] as const) {
      expect(canonicalTaskType(spelling)).toBe(name)
    }
  })

  test('each type that clients know by name runs here, or is refused with what is missing', () => {
    for (const type of NAMED_TASK_TYPES.filter(name => name !== 'tool.call')) {
      const refusal = refusedType(type, ['tool.call'])
      expect(refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      expect(refusal?.message).toContain(absentProgram(type) ?? 'a reason')
    }
    expect(refusedType('tool.call', ['tool.call'])).toBeUndefined()
    expect(refusedType('docker.execute', ['tool.call'])?.message).toContain('containers are not run by this server')
  })

  test('a node without a worker says so of what it could run, and an unknown type gets the nearest name', () => {
    expect(refusedType('tool.call', [])?.message).toContain('no worker of this queue runs them')
    expect(refusedType('tool.cal', ['tool.call'])).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: '/task_type', suggestion: 'tool.call' }]
    })
  })
})
