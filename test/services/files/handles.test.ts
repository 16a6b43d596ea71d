import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createConfinement } from '../../../src/services/files/confinement.ts'
import { createHandles } from '../../../src/services/files/handles.ts'
import { openWorkspace } from './workspace.ts'

// What happens when a directory is swapped for a link after its path was found good: nothing but the handle tells.
test.each([true, false])(
  'what was swapped between look and open is caught on the handle, by handle path: %s',
  async by => {
    await using it = await openWorkspace()
    await mkdir(it.at('outside/deep'))
    await writeFile(it.at('outside/f'), 'secret')
    await symlink(it.at('outside'), it.at('root/swapped'))
    const handles = createHandles(await createConfinement({ roots: [it.at('root')], protected: [] }), by)

    const forbidden = expect.objectContaining({ code: 'PATH_FORBIDDEN' })
    await expect(handles.openFile(join(it.at('root/swapped'), 'f'), 'f')).rejects.toEqual(forbidden)
    await expect(handles.openDirectory(join(it.at('root/swapped'), 'deep'), 'deep')).rejects.toEqual(forbidden)
  }
)

test('a link in the place of the file itself is not followed', async () => {
  await using it = await openWorkspace()
  await writeFile(it.at('root/f'), 'x')
  await symlink('f', it.at('root/link'))
  const handles = createHandles(await createConfinement({ roots: [it.at('root')], protected: [] }), true)
  await expect(handles.openFile(it.at('root/link'), 'link')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})
