import CSystem
import Runtime
import Synchronization

/// Gives out slots and takes them back, without locks, so that a fork at any moment leaves it whole.
///
/// Slots are used again, but never given back to the system: 48 bytes for each handle of the most that were ever live
/// at once, 48 MiB if that were all that there can be.
final class SlotStore: @unchecked Sendable {
  typealias Place = UnsafeMutablePointer<Slot>

  private static let chunkSlots = 1024
  private static let chunks = Handle.slots / chunkSlots

  private let directory: UnsafeMutablePointer<Atomic<Place?>>
  /// Slots that were ever given out: those below are in use or in the list of vacant ones.
  private let begun = Atomic<Int>(0)
  /// 1 + the first slot of the list in the low half; the high half counts changes, so that a head that was taken and
  /// put back meanwhile is not mistaken for the same list.
  private let vacant = Atomic<UInt64>(0)

  init() {
    directory = .allocate(capacity: Self.chunks)
    for index in 0..<Self.chunks { (directory + index).initialize(to: Atomic(nil)) }
  }

  /// The slot of a number, or nil if there was none yet.
  @inline(__always)
  func place(_ slot: Int) -> Place? {
    guard slot >= 0, slot < Handle.slots else { return nil }
    return directory[slot / Self.chunkSlots].load(ordering: .acquiring).map { $0 + slot % Self.chunkSlots }
  }

  func take() throws(Failure) -> (slot: Int, place: Place) {
    var head = vacant.load(ordering: .acquiring)
    while let slot = Self.slot(head), let place = place(slot) {
      let next = Self.head(after: head, place.pointee.nextVacant.load(ordering: .relaxed))
      let (won, found) = vacant.compareExchange(expected: head, desired: next, ordering: .acquiringAndReleasing)
      if won { return (slot, place) }
      head = found
    }
    return try begin()
  }

  func giveBack(_ slot: Int, _ place: Place) {
    var head = vacant.load(ordering: .relaxed)
    while true {
      place.pointee.nextVacant.store(UInt32(truncatingIfNeeded: head), ordering: .relaxed)
      let next = Self.head(after: head, UInt32(truncatingIfNeeded: slot) &+ 1)
      let (won, found) = vacant.compareExchange(
        expected: head, desired: next, successOrdering: .releasing, failureOrdering: .relaxed)
      if won { return }
      head = found
    }
  }

  private static func slot(_ head: UInt64) -> Int? {
    let number = UInt32(truncatingIfNeeded: head)
    return number == 0 ? nil : Int(number) - 1
  }

  private static func head(after head: UInt64, _ number: UInt32) -> UInt64 {
    (head >> 32 &+ 1) << 32 | UInt64(number)
  }

  /// A slot that was never used, in a new chunk if need be.
  private func begin() throws(Failure) -> (slot: Int, place: Place) {
    var slot = begun.load(ordering: .relaxed)
    while slot < Handle.slots {
      try makeChunk(slot / Self.chunkSlots)
      let (won, found) = begun.compareExchange(expected: slot, desired: slot + 1, ordering: .relaxed)
      if won, let place = place(slot) { return (slot, place) }
      slot = found
    }
    throw Failure(.outOfMemory, "all \(Handle.slots) handles are in use; free those that are no longer needed")
  }

  private func makeChunk(_ chunk: Int) throws(Failure) {
    if directory[chunk].load(ordering: .acquiring) != nil { return }
    let bytes = MemoryLayout<Slot>.stride * Self.chunkSlots
    guard let memory = rfgs_map_pages(bytes) else {
      throw Failure(.outOfMemory, "the system has no memory for more handles")
    }
    let slots = memory.bindMemory(to: Slot.self, capacity: Self.chunkSlots)
    for index in 0..<Self.chunkSlots { (slots + index).initialize(to: Slot()) }
    if !directory[chunk].compareExchange(expected: nil, desired: slots, ordering: .acquiringAndReleasing).exchanged {
      rfgs_unmap_pages(memory, bytes)
    }
  }
}
