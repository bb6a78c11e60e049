internal import CRFGSNN
import Runtime
import SpikingNetworks

// The host's arrays as the architectures take them; their shapes are in rfgsnn.h, under Network.

extension Network {
  /// The inputs of all stacks: samples constant or one for each time step, or functions and points.
  func inputs(
    _ arrays: UnsafePointer<rfgsnn_array>?, _ count: Int32, _ name: String = "inputs"
  ) throws(Failure) -> NetworkData {
    let first = try required(arrays, name)
    if count != Int32(stacks.count) {
      throw Failure(.shape, "n_\(name): is \(count), expected \(stacks.count): \(arraysText)")
    }
    if specification.architecture == .mlp {
      let expected = ExpectedShape(samples: nil, features: specification.inputs, times: specification.timeSteps)
      return NetworkData(try HostArray(first, name, expected))
    }
    let sensors = ExpectedShape(.init(name: "functions", extent: nil), features: specification.inputs)
    let branch = try HostArray(first, "\(name)[0]", sensors)
    if specification.architecture == .deepONet { return try points(first + 1, "\(name)[1]", branch) }
    return try axes(first + 1, name, branch)
  }

  private var arraysText: StaticString {
    switch specification.architecture {
    case .mlp: "this network takes one array of inputs"
    case .deepONet: "a deeponet takes the functions at its sensors, and the points"
    case .sepONet: "a seponet takes the functions at its sensors, and one axis of points for each of its coordinates"
    }
  }

  /// Points of a DeepONet: [points, coordinates], or [functions, points, coordinates] where each function has its own.
  private func points(
    _ array: UnsafePointer<rfgsnn_array>, _ name: String, _ branch: HostArray
  ) throws(Failure) -> NetworkData {
    let expected = ExpectedShape(
      leading: .init(name: "functions", extent: branch.samples), .init(name: "points", extent: nil),
      features: specification.coordinates)
    let view = try ArrayView(array, name, expected)
    var points = StackList<HostArray>()
    try points.append(HostArray(rows: view))
    return NetworkData(
      branch, others: points, points: view.leading == nil ? .shared : .perSample)
  }

  /// Axes of a SepONet's tensor grid: [points] or [points, 1] each.
  private func axes(
    _ arrays: UnsafePointer<rfgsnn_array>, _ name: String, _ branch: HostArray
  ) throws(Failure) -> NetworkData {
    let expected = ExpectedShape(.init(name: "points", extent: nil), features: 1)
    var axes = StackList<HostArray>()
    var points = 1
    for axis in 0..<specification.coordinates {
      let array = try HostArray(arrays + axis, "\(name)[\(axis + 1)]", expected)
      points *= array.samples
      // Two axes at most are multiplied before they are compared, so this is an Int.
      if points > Int(Int32.max) {
        throw Failure(.shape, "\(name): the axes span more than \(Int32.max) points; use shorter ones")
      }
      try axes.append(array)
    }
    return NetworkData(branch, others: axes, points: .shared)
  }

  /// Throws unless every input is a finite number, and stays one in the network's units.
  func requireUsable(_ data: NetworkData, _ name: String) throws(Failure) {
    try requireUsable(data.first, inputName(name, 0), stack: 0)
    for index in data.others.indices {
      if let array = data.others[index] { try requireUsable(array, inputName(name, index + 1), stack: index + 1) }
    }
  }

  /// The name of a stack's array among the inputs.
  func inputName(_ name: String, _ stack: Int) -> String { stacks.count == 1 ? name : "\(name)[\(stack)]" }

  /// The input of one time step.
  func input(_ array: UnsafePointer<rfgsnn_array>?, samples: Int?) throws(Failure) -> HostArray {
    try requireSteps()
    return try HostArray(array, "input", ExpectedShape(samples: samples, features: specification.inputs))
  }

  /// Outputs, or what else there is one of for each output: [samples, outputs] or [functions, points..., outputs].
  ///
  /// - Parameter points: points along each axis, or nil for any.
  private func expectedOutputs(samples: Int?, points: StackList<Int>?) -> ExpectedShape {
    let axes = specification.architecture == .mlp ? 0 : stacks.count - 1
    return ExpectedShape(
      .init(name: axes == 0 ? "samples" : "functions", extent: samples),
      points: .init(axes: axes, extents: points), features: specification.outputs)
  }

  /// Targets, or the derivative by each output, of the pass that a trainer has run; of any number without one.
  func targets(
    _ array: UnsafePointer<rfgsnn_array>?, _ name: String = "targets", samples: Int?, points: StackList<Int>?
  ) throws(Failure) -> HostArray {
    try HostArray(array, name, expectedOutputs(samples: samples, points: points))
  }

  /// Targets for these inputs.
  func targets(
    _ array: UnsafePointer<rfgsnn_array>?, _ name: String = "targets", of data: NetworkData
  ) throws(Failure) -> HostArray {
    try targets(array, name, samples: data.samples, points: data.pointExtents)
  }

  /// Targets with a row for each function and point: [rows, outputs].
  func targetRows(_ array: UnsafePointer<rfgsnn_array>?, of data: NetworkData) throws(Failure) -> HostArray {
    let expected = expectedOutputs(samples: data.samples, points: data.pointExtents)
    return HostArray(rows: try ArrayView(array, "targets", expected))
  }

  /// An array for the outputs of these inputs.
  func outputs(
    _ array: UnsafeMutablePointer<rfgsnn_array>?, of data: NetworkData
  ) throws(Failure) -> HostArray {
    let expected = expectedOutputs(samples: data.samples, points: data.pointExtents)
    return try HostArray(array, filling: "outputs", expected)
  }

  /// An array for the output of one time step, which the host may not want.
  func stepOutput(_ array: UnsafeMutablePointer<rfgsnn_array>?, samples: Int) throws(Failure) -> HostArray? {
    array == nil ? nil : try HostArray(array, filling: "output", expectedOutputs(samples: samples, points: StackList()))
  }
}
