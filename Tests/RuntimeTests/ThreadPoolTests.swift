import CSystem
import Foundation
import Runtime
import Synchronization
import Testing

@Suite("thread pool", .serialized)
struct ThreadPoolTests {
  /// Enough for any number of threads.
  private static let much = Work(nanoseconds: 1e9)

  private static let roundings: [Int32] = [FE_UPWARD, FE_DOWNWARD, FE_TONEAREST]

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
    pool.forEach(count, Self.much) { index, worker in
      if worker < 0 || worker >= min(pool.threads, count) { record.faults.add(1, ordering: .relaxed) }
      if !record.busy.withLock({ $0.insert(worker).inserted }) { record.faults.add(1, ordering: .relaxed) }
      record.visits.withLock { $0[index] += 1 }
      record.busy.withLock { _ = $0.remove(worker) }
    }
    return record
  }

  /// Waits for something that others do; false if they do not within ten seconds.
  private static func wait(_ condition: () -> Bool) -> Bool {
    for _ in 0..<10000 {
      if condition() { return true }
      usleep(1000)
    }
    return false
  }

  @Test("every index runs once, and no two at a time with the same worker", arguments: [1, 2, 3, 8])
  func everyIndexOnce(threads: Int) {
    let pool = ThreadPool(threads: threads, processors: 8)
    for count in [0, 1, 2, 3, 7, 100, 1000] {
      let record = run(pool, count)
      #expect(record.visits.withLock { $0.allSatisfy { $0 == 1 } })
      #expect(record.faults.load(ordering: .relaxed) == 0)
    }
  }

  @Test("thousands of short loops in a row, with pauses that let the workers fall asleep")
  func manyLoops() {
    let pool = ThreadPool(threads: 3, processors: 3)
    var wrong = 0
    for loop in 0..<5000 {
      let sum = Atomic<Int>(0)
      pool.forEach(5, Self.much) { index, _ in sum.add(index + 1, ordering: .relaxed) }
      if sum.load(ordering: .relaxed) != 15 { wrong += 1 }
      if loop % 1000 == 0 { usleep(3000) }
    }
    #expect(wrong == 0)
  }

  @Test("pools come and go, used and unused")
  func comeAndGo() {
    for round in 0..<500 {
      let pool = ThreadPool(threads: 4, processors: 4)
      if round % 2 == 0 { #expect(run(pool, 8).visits.withLock { $0 == [Int](repeating: 1, count: 8) }) }
    }
  }

  @Test("a number of threads below 1 means all, and none is more than there are processors")
  func shares() {
    #expect(ThreadPool(threads: 0, processors: 5).threads == 5)
    #expect(ThreadPool(threads: 3, processors: 5).threads == 3)
    #expect(ThreadPool(threads: 1000, processors: 5).threads == 5)
    #expect(ThreadPool(threads: 1000).threads == Int(rfgs_usable_processors()))
  }

  @Test("what one thread may do, and what is too little to share, stays on the caller's", arguments: [1, 2])
  func alone(threads: Int) {
    let pool = ThreadPool(threads: threads, processors: 2, sharesAll: false)
    let caller = pthread_self()
    for _ in 0..<100 {
      pool.forEach(10, threads == 1 ? Self.much : Work(nanoseconds: 1000)) { _, worker in
        usleep(10)
        #expect(worker == 0 && pthread_equal(pthread_self(), caller) != 0)
      }
    }
  }

  @Test("a long loop is shared: its iterations may wait for each other")
  func shared() {
    let here = Atomic<Int>(0)
    ThreadPool(threads: 2, processors: 2, sharesAll: false).forEach(2, Self.much) { _, _ in
      here.add(1, ordering: .relaxed)
      #expect(Self.wait { here.load(ordering: .relaxed) == 2 })
    }
  }

  @Test("a call does not wait for the workers of another one")
  func sideBySide() {
    let others = Atomic<Int>(0)
    let done = Atomic<Bool>(false)
    let pool = ThreadPool(threads: 2, processors: 2)
    // Both threads that there are: one of them is a worker, and stays until the other call is done.
    pool.forEach(2, Self.much) { index, _ in
      others.add(1, ordering: .relaxed)
      #expect(Self.wait { others.load(ordering: .relaxed) == 2 })
      if index == 1 {
        #expect(Self.wait { done.load(ordering: .relaxed) })
        return
      }
      let record = self.run(ThreadPool(threads: 2, processors: 2), 100)
      #expect(record.visits.withLock { $0.allSatisfy { $0 == 1 } })
      done.store(true, ordering: .relaxed)
    }
  }

  @Test("calls from many threads at once, more than there is room for, all run")
  func manyCallers() {
    let wrong = Atomic<Int>(0)
    let threads = (0..<24).map { _ in
      let thread = Thread {
        let pool = ThreadPool(threads: 3, processors: 4)
        for _ in 0..<50 {
          let record = self.run(pool, 40)
          if record.visits.withLock({ $0.contains { $0 != 1 } }) || record.faults.load(ordering: .relaxed) != 0 {
            wrong.add(1, ordering: .relaxed)
          }
        }
        wrong.add(1 << 20, ordering: .relaxed)
      }
      thread.start()
      return thread
    }
    #expect(Self.wait { wrong.load(ordering: .relaxed) >= threads.count << 20 })
    #expect(wrong.load(ordering: .relaxed) == threads.count << 20)
  }

  /// Computed when the program runs.
  @inline(never)
  private static func sum(_ a: Double, _ b: Double) -> Double { a + b }

  @Test("workers round and flush as the caller does, loop by loop", arguments: Self.roundings)
  func rounding(mode: Int32) {
    let pool = ThreadPool(threads: 2, processors: 2)
    _ = run(pool, 100)
    fesetround(mode)
    defer { fesetround(FE_TONEAREST as Int32) }
    let here = Atomic<Int>(0)
    pool.forEach(2, Self.much) { _, _ in
      here.add(1, ordering: .relaxed)
      #expect(Self.wait { here.load(ordering: .relaxed) == 2 })
      #expect((Self.sum(1, 1e-30) > 1) == (mode == FE_UPWARD as Int32))
      #expect((Self.sum(-1, -1e-30) < -1) == (mode == FE_DOWNWARD as Int32))
    }
  }
}

@Suite("whether to share")
struct RaceTests {
  /// Seconds of work done in some turns, if both ways have these paces.
  private func shared(_ race: inout Race, turns: Int, alone: Double, shared: Double) -> Double {
    var turnsShared = 0
    for _ in 0..<turns {
      let way = race.way
      if way == .shared { turnsShared += 1 }
      // Ten loops a turn.
      for _ in 0..<10 {
        race.add(seconds: Race.turn / 9.5, work: Race.turn / 9.5 / (way == .shared ? shared : alone))
      }
    }
    return Double(turnsShared) / Double(turns)
  }

  @Test("the faster way gets nearly all turns", arguments: [0.3, 0.5, 0.8, 1.2, 3, 50])
  func faster(pace: Double) {
    var race = Race()
    let part = shared(&race, turns: 2000, alone: 1, shared: pace)
    #expect(pace < 1 ? part > 0.97 : part < 0.03)
  }

  @Test("sharing that saves next to nothing is left to others")
  func even() {
    var race = Race()
    #expect(shared(&race, turns: 2000, alone: 1, shared: 0.95) < 0.03)
  }

  @Test("when the machine gets busy or idle, the race follows within half a second")
  func follows() {
    var race = Race()
    _ = shared(&race, turns: 1000, alone: 1, shared: 0.5)
    _ = shared(&race, turns: Int(0.5 / Race.turn), alone: 1.2, shared: 3)
    #expect(shared(&race, turns: 200, alone: 1.2, shared: 3) < 0.05)
    _ = shared(&race, turns: Int(0.5 / Race.turn), alone: 1, shared: 0.5)
    #expect(shared(&race, turns: 200, alone: 1, shared: 0.5) > 0.95)
  }
}
