/**
 * One write for all packets of a turn of the loop. An encrypted packet is sent in two parts, and each answer comes with an update of the
 * window; alone each would cost a call of the system here and a wake-up on the other side.
 */
import type { ConnectionEncrypter, MessageStream } from '@libp2p/interface'

/** The same encryption over connections that gather what is sent. */
export function gatherWrites<C, E>(create: (components: C) => ConnectionEncrypter<E>) {
  return (components: C): ConnectionEncrypter<E> => {
    const { protocol, secureInbound, secureOutbound } = methodsOf(create(components))
    return {
      protocol,
      secureInbound: (connection, options) => secureInbound(gather(connection), options),
      secureOutbound: (connection, options) => secureOutbound(gather(connection), options)
    }
  }
}

function methodsOf<E>(encrypter: ConnectionEncrypter<E>): ConnectionEncrypter<E> {
  return {
    protocol: encrypter.protocol,
    secureInbound: encrypter.secureInbound.bind(encrypter),
    secureOutbound: encrypter.secureOutbound.bind(encrypter)
  }
}

/** Changed in place, since the connection is known to others by what it is. */
export function gather<S extends MessageStream>(connection: S): S {
  const send = connection.send.bind(connection)
  const close = connection.close.bind(connection)
  let held: Uint8Array[] = []
  let timer: NodeJS.Immediate | undefined

  function flush(): void {
    clearImmediate(timer)
    timer = undefined
    const bytes = Buffer.concat(held)
    held = []
    // What a connection that is gone was still to send is lost with it, as it would be without us.
    if (bytes.length > 0 && connection.status === 'open') send(bytes)
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
  return connection
}
