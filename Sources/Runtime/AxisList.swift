/// The dimensions of a host's array, at most seven, kept in the value itself: arrays come with every step, and no step
/// allocates.
package struct AxisList: RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral, Sendable {
  private var axes = InlineArray<7, Axis>(repeating: .single)
  package private(set) var count = 0

  package init() {}

  /// - Parameter axes: at most seven.
  package init(_ axes: some Sequence<Axis>) {
    for axis in axes { append(axis) }
  }

  package init(arrayLiteral axes: Axis...) { self.init(axes) }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> Axis {
    get { axes[index] }
    set { axes[index] = newValue }
  }

  package mutating func append(_ axis: Axis) {
    axes[count] = axis
    count += 1
  }

  /// The extents, as [2, 3].
  package var text: Sentence {
    var text: Sentence = "["
    for (place, axis) in enumerated() { text = text + (place == 0 ? "\(axis.extent)" : ", \(axis.extent)") }
    return text + "]"
  }
}
