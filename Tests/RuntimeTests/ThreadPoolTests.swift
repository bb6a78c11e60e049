import Foundation
import Runtime
import Synchronization
import Testing

@Suite("thread pool")
struct ThreadPoolTests {
  /// What the iterations of a loop left behind.
  private final class Record: Sendable {
    let visits: Mutex<[Int]>
    let busy = Mutex<Set<Int>>([])
    let faults = Atomic<Int>(0)

    init(_ count: Int) { visits = Mutex([Int](repeating: 0, count: count)) }
  }

  /// Runs a loop; each iteration marks its index, and its worker as busy meanwhile.
  private func run(_ pool: ThreadPool, _ count: Int) -> Record {
    let record = Record(count)
    pool.forEach(count) { index, worker in
      if worker < 0 || worker >= min(pool.threads, count) { record.faults.add(1, ordering: .relaxed) }
      if !record.busy.withLock({ $0.insert(worker).inserted }) { record.faults.add(1, ordering: .relaxed) }
      record.visits.withLock { $0[index] += 1 }
      record.busy.withLock { _ = $0.remove(worker) }
    }
    return record
  }

  @Test("every index runs once, and no two at a time with the same worker", arguments: [1, 2, 3, 8])
  func everyIndexOnce(threads: Int) {
    let pool = ThreadPool(threads: threads)
    for count in [0, 1, 2, 3, 7, 100, 1000] {
      let record = run(pool, count)
      #expect(record.visits.withLock { $0.allSatisfy { $0 == 1 } })
      #expect(record.faults.load(ordering: .relaxed) == 0)
    }
  }

  @Test("thousands of short loops in a row, with pauses that let the workers fall asleep")
  func manyLoops() {
    let pool = ThreadPool(threads: 3)
    var wrong = 0
    for loop in 0..<5000 {
      let sum = Atomic<Int>(0)
      pool.forEach(5) { index, _ in sum.add(index + 1, ordering: .relaxed) }
      if sum.load(ordering: .relaxed) != 15 { wrong += 1 }
      if loop % 1000 == 0 { usleep(3000) }
    }
    #expect(wrong == 0)
  }

  @Test("pools come and go, used and unused")
  func comeAndGo() {
    for round in 0..<200 {
      let pool = ThreadPool(threads: 4)
      if round % 2 == 0 { #expect(run(pool, 8).visits.withLock { $0 == [Int](repeating: 1, count: 8) }) }
    }
  }

  @Test("a number of threads below 1 means the caller alone")
  func alone() {
    #expect(ThreadPool(threads: 0).threads == 1)
    let caller = pthread_self()
    ThreadPool(threads: 1).forEach(10) { _, worker in
      #expect(worker == 0 && pthread_equal(pthread_self(), caller) != 0)
    }
  }
}
