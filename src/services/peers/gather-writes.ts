/**
 * One packet and one write for all that is sent in a turn of the loop. The multiplexer sends each message and each update of a window by
 * itself; alone each would be encrypted, be two calls of the system here, and be a wake-up on the other side.
 */
import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface'

/** The same encryption, which gathers what it is given and hands it on in one piece. */
export function gatherWrites<C, E>(create: (components: C) => ConnectionEncrypter<E>) {
  return (components: C): ConnectionEncrypter<E> => {
    const encrypter = create(components)
    return {
      protocol: encrypter.protocol,
      async secureInbound(connection, options) {
        const secured = await encrypter.secureInbound(joinParts(connection), options)
        gather(secured.connection)
        return secured
      },
      async secureOutbound(connection, options) {
        const secured = await encrypter.secureOutbound(joinParts(connection), options)
        gather(secured.connection)
        return secured
      }
    }
  }
}

/** Length and text of a packet come as two parts, which would be two writes. Changed in place, as others know the connection. */
function joinParts<S extends MessageStream>(connection: S): S {
  const send = connection.send.bind(connection)
  connection.send = data => send(data.subarray())
  return connection
}

function gather(connection: MessageStream): void {
  const send = connection.send.bind(connection)
  const close = connection.close.bind(connection)
  let held: Uint8Array[] = []
  let timer: NodeJS.Immediate | undefined

  function flush(): void {
    clearImmediate(timer)
    timer = undefined
    const bytes = Buffer.concat(held)
    held = []
    if (bytes.length === 0) return
    try {
      send(bytes)
    } catch {
      // The connection has ended, of which its close tells; what it was still to send is lost with it, as it would be without us.
    }
  }

  connection.send = data => {
    if (data instanceof Uint8Array) held.push(data)
    else held.push(...data)
    timer ??= setImmediate(flush)
    // Once the socket is full, so is this; it says by itself when it has room.
    return !connection.writableNeedsDrain
  }
  connection.close = options => {
    flush()
    return close(options)
  }
}
