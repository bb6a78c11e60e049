import CSystem

/// The host's floating-point environment, held while the library computes.
///
/// A host may trap divisions by zero, invalid operations and overflows, or look at their flags. The library computes
/// with infinities, and looks at its results instead: traps are off meanwhile, and traps and flags are then as they
/// were found. The host's rounding and flushing of small numbers hold for the library too.
struct HostFloats {
  private var found: UInt64

  init() {
    found = rfgs_float_control()
    rfgs_set_float_control(rfgs_quiet_float_control(found))
  }

  /// At the end of the call.
  func giveBack() { rfgs_set_float_control(found) }

  /// Runs code of the host's, which may change its environment.
  mutating func lend<Result>(_ body: () -> Result) -> Result {
    giveBack()
    defer { self = HostFloats() }
    return body()
  }
}
