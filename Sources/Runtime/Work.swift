/// What a loop takes on one thread, to tell whether it pays to share it.
///
/// Rough on purpose: right within a factor of three or so, for a core with vectors of 512 bits, is enough, as loops that
/// matter are longer than what sharing costs by far more.
package struct Work: Sendable {
  package let nanoseconds: Double

  package init(nanoseconds: Double) { self.nanoseconds = nanoseconds }

  /// A product of matrices [rows][columns] and [columns][width] in single precision.
  package static func product(_ rows: Int, _ columns: Int, _ width: Int) -> Work {
    Work(nanoseconds: Double(rows) * Double(columns) * Double(width) / 50)
  }

  /// The same in double precision.
  package static func doubleProduct(_ rows: Int, _ columns: Int, _ width: Int) -> Work {
    Work(nanoseconds: Double(rows) * Double(columns) * Double(width) / 20)
  }

  /// An operation or two on each of so many numbers, whole vectors at a time.
  package static func vectors(_ numbers: Int) -> Work { Work(nanoseconds: Double(numbers) / 5) }

  /// The same, on one number after the other.
  package static func scalars(_ numbers: Int) -> Work { Work(nanoseconds: Double(numbers)) }

  package static func + (left: Work, right: Work) -> Work {
    Work(nanoseconds: left.nanoseconds + right.nanoseconds)
  }

  package static func * (count: Int, work: Work) -> Work {
    Work(nanoseconds: Double(count) * work.nanoseconds)
  }
}
