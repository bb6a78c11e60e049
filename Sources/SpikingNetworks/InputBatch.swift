import Runtime

/// The samples of one pass: rows of the host's data, in the network's units, read when a tile needs them.
package struct InputBatch {
  private let data: HostArray
  private let scaling: Scaling
  private let first: Int
  private let indices: UnsafePointer<Int32>?
  /// Rows that follow each index: the points of a function, where each has its own.
  private let group: Int
  package let samples: Int

  /// Rows first..<first + samples.
  package init(_ data: HostArray, scaling: Scaling, first: Int, samples: Int) {
    self.data = data
    self.scaling = scaling
    self.first = first
    self.samples = samples
    indices = nil
    group = 1
  }

  /// The groups of rows that `indices` name; they must stay where they are during the pass.
  package init(_ data: HostArray, scaling: Scaling, indices: UnsafeBufferPointer<Int32>, group: Int = 1) {
    self.data = data
    self.scaling = scaling
    first = 0
    self.group = group
    samples = indices.count * group
    self.indices = indices.baseAddress
  }

  package var variesInTime: Bool { data.times > 0 }

  /// Of a pass that runs it by itself.
  package func shape(steps: Int) -> BatchShape {
    BatchShape(samples: samples, steps: steps, variesInTime: variesInTime)
  }

  /// One sample at one time step (any time for constant inputs).
  package func read(time: Int, sample: Int, into row: UnsafeMutablePointer<Float>) {
    data.readScaled(
      time: variesInTime ? time : 0,
      sample: indices.map { Int($0[sample / group]) * group + sample % group } ?? first + sample,
      shift: scaling.shift, scale: scaling.scale, into: row)
  }
}
