import Kernels
import Peak

// Prints, for each instruction set of this processor, what each kernel does in a second, and the share of what the
// processor can do at best: multiply-adds from registers, or loads from an array as large as the kernel's own.
//
// usage: kernel-benchmark [ROUNDS]   medians over so many rounds, 9 unless given

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 9

/// With one decimal, right-aligned.
func padded(_ value: Double, _ width: Int) -> String {
  let tenths = Int(10 * value + 0.5)
  let text = "\(tenths / 10).\(tenths % 10)"
  return String(repeating: " ", count: max(0, width - text.count)) + text
}

for instructionSet in InstructionSet.supported {
  let level: Int32 =
    switch instructionSet {
    case .baseline: 1
    case .v3: 3
    case .v4: 4
    }
  print("\n\(instructionSet.rawValue), one thread")
  for measurement in KernelMeasurements(table: .table(for: instructionSet)).all() {
    let (rate, share) = measure(measurement, level: level, rounds: rounds)
    let unit = if case .arithmetic = measurement.limit { "GFLOP/s" } else { "GB/s   " }
    let name = measurement.name + String(repeating: " ", count: max(0, 36 - measurement.name.count))
    print("  \(name)\(padded(rate / 1e9, 8)) \(unit) \(padded(100 * share, 6)) %")
  }
}
