// Two rings with different handlers, and one wait for both: what libbpf's ring_buffer__poll does.
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { attachRing, createRing, openPoller, openProducer } from 'bpf-ringbuf'

if (isMainThread) {
  const metrics = createRing({ size: '64 KiB', name: 'metrics' })
  const errors = createRing({ size: '4 KiB', name: 'errors' })

  const poller = openPoller()
  const totals = new Map()
  // The context comes back with each record, as in libbpf.
  poller.add(
    metrics,
    (record, sums) => {
      const { worker, value } = JSON.parse(new TextDecoder().decode(record))
      sums.set(worker, (sums.get(worker) ?? 0) + value)
    },
    { context: totals },
  )
  poller.add(errors, (record) => {
    console.log(`error: ${new TextDecoder().decode(record)}`)
  })

  let running = 2
  for (let id = 0; id < running; id++) {
    const data = { id, metrics: metrics.handle, errors: errors.handle }
    const worker = new Worker(new URL(import.meta.url), { workerData: data })
    worker.on('exit', () => {
      if (--running > 0) return
      metrics.close()
      errors.close()
    })
  }

  // Sleeps until one of the rings has something; answers how many records there were.
  let records = 0
  while (!poller.finished) records += await poller.pollAsync(1000)
  console.log(`${records} records; sums: ${[...totals.values()].sort()}`)
} else {
  const { id, ...handles } = workerData
  const metrics = openProducer(attachRing(handles.metrics))
  const errors = openProducer(attachRing(handles.errors))
  for (let i = 1; i <= 100; i++) metrics.outputText(JSON.stringify({ worker: id, value: i + id }))
  errors.outputText(`worker ${id} is done`)
}

// Prints, in any order:
// error: worker 0 is done
// error: worker 1 is done
// 202 records; sums: 5050,5150
