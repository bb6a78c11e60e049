internal import CSystem

/// The instruction sets the kernels are compiled for.
package enum InstructionSet: String, Sendable {
  /// What every processor of the architecture has: SSE2 on x86-64, NEON on arm64.
  case baseline
  /// x86-64-v3: AVX2 and FMA.
  case v3 = "x86-64-v3"
  /// x86-64-v4: AVX-512.
  case v4 = "x86-64-v4"

  /// The newest one this processor and its operating system support.
  package static let best: InstructionSet =
    switch rfgc_x86_level() {
    case 4: .v4
    case 3: .v3
    default: .baseline
    }

  /// All that can run here, oldest first.
  package static var supported: [InstructionSet] {
    switch best {
    case .baseline: [.baseline]
    case .v3: [.baseline, .v3]
    case .v4: [.baseline, .v3, .v4]
    }
  }
}
