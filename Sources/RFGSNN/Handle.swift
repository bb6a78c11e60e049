import Runtime

/// What a handle stands for; the raw value is part of the handle.
enum HandleKind: UInt64, Sendable {
  case options, network, state, trainer

  /// The C function that gives such handles.
  var maker: String { "rfgsnn_\(self)_create" }
}

/// Something that the host knows by a handle.
protocol HandleObject: AnyObject {
  static var handleKind: HandleKind { get }
  /// What the object's long calls look at, if it has such calls.
  var stopFlag: StopFlag? { get }
}

extension HandleObject {
  var stopFlag: StopFlag? { nil }
}

/// A slot number, a kind and a generation in the form of a pointer that is never dereferenced.
///
/// Bits 0-19 are the slot, 20-21 the kind, 22-53 the generation. Of the others 55 and 63 are set: on x86-64 no address
/// of a program has bit 63, on arm64 none has bit 55 (there the top byte may be a tag). So no address is a handle.
struct Handle {
  static let slots = 1 << 20
  private static let mark: UInt64 = 1 << 63 | 1 << 55
  private static let markMask: UInt64 = ~0 << 54

  let slot: Int
  let kind: HandleKind
  let generation: UInt32

  init(slot: Int, kind: HandleKind, generation: UInt32) {
    self.slot = slot
    self.kind = kind
    self.generation = generation
  }

  /// Nil for a pointer that cannot be a handle.
  init?(_ pointer: OpaquePointer) {
    let bits = UInt64(UInt(bitPattern: pointer))
    guard bits & Self.markMask == Self.mark, let kind = HandleKind(rawValue: bits >> 20 & 3) else { return nil }
    slot = Int(truncatingIfNeeded: bits & 0xF_FFFF)
    self.kind = kind
    generation = UInt32(truncatingIfNeeded: bits >> 22)
  }

  var pointer: OpaquePointer? {
    let bits = Self.mark | UInt64(generation) << 22 | kind.rawValue << 20 | UInt64(truncatingIfNeeded: slot)
    return OpaquePointer(bitPattern: UInt(bits))
  }
}
