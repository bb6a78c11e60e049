import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

/// Trunks that are trained to the modes of the targets before all else.
@Suite("trunk steps")
struct TrunkFitTests {
  private static let functions = 30
  private static let extents = [6, 5]

  /// A network of two fields on a grid, or for a DeepONet on the points of it.
  private func network(_ architecture: Architecture) throws -> Network {
    let network = try Network(
      specification(3, [9, 8], 2, steps: 10) {
        $0.architecture = architecture
        $0.coordinates = 2
        $0.trunkHidden = [12]
        $0.latent = 4
      })
    network.randomize(seed: 3)
    return network
  }

  private let x = (0..<extents[0]).map { Double($0) / 5 }
  private let y = (0..<extents[1]).map { Double($0) / 4 }
  private let coefficients = Samples(functions, inputs: 3, outputs: 1, seed: 1).inputs.map { $0[0] }

  private func data(_ architecture: Architecture) -> NetworkData {
    let points: [[[Double]]] =
      architecture == .sepONet ? [x.map { [$0] }, y.map { [$0] }] : [x.flatMap { x in y.map { [x, $0] } }]
    return NetworkData(([coefficients] + points).map { HostMatrix($0).array }, points: .shared)
  }

  private var targets: [[Double]] {
    var rows: [[Double]] = []
    for c in coefficients {
      var row: [Double] = []
      for x in x {
        for y in y {
          row.append(c[0] * x * y + c[1] * (x * x - y))
          row.append(c[2] * x + c[0] * y * y + 0.3)
        }
      }
      rows.append(row)
    }
    return rows
  }

  private func fit(
    _ network: Network, _ architecture: Architecture, _ change: (inout TrainerSpecification) -> Void = { _ in }
  ) throws -> [ProgressReport] {
    var reports: [ProgressReport] = []
    let trainer = try Trainer(network) {
      $0.estimator = .spatialBackPropagation
      $0.trunkSteps = 10
      $0.schedule.steps = 5
      $0.batchSize = 6
      $0.reportInterval = 5
      change(&$0)
    }
    _ = try trainer.fit(
      data(architecture), targets: HostMatrix(targets).array, validation: nil,
      progress: { report in
        reports.append(report)
        return .goOn
      })
    return reports
  }

  @Test("modes are the singular vectors of the targets along an axis, sized by the roots of their values")
  func modes() throws {
    for architecture in [Architecture.deepONet, .sepONet] {
      let network = try network(architecture)
      let modes = try network.targetModes(data(architecture), HostMatrix(targets).array)
      let axes = architecture == .sepONet ? Self.extents : [30]
      #expect(modes.count == axes.count)
      for (axis, modes) in modes.enumerated() {
        let (points, inner) = (axes[axis], axes[(axis + 1)...].reduce(1, *))
        #expect(modes.array.samples == points && modes.array.features == 2 * 4)
        for field in 0..<2 {
          // <targets at one point of the axis, those at another> over all else.
          var gram = [[Double]](repeating: [Double](repeating: 0, count: points), count: points)
          for row in targets {
            for place in 0..<30 {
              for other in 0..<points {
                let point = place / inner % points
                gram[point][other] += row[2 * place + field] * row[2 * (place + (other - point) * inner) + field]
              }
            }
          }
          var buffer = [Double](repeating: 0, count: 8)
          let columns = (0..<points).map { point in
            modes.array.read(sample: point, into: &buffer)
            return Array(buffer[(4 * field)..<(4 * field + 4)])
          }
          let vectors = (0..<4).map { k in columns.map { $0[k] } }
          let values = vectors.map { vector in
            norm(vector) < 1e-6 ? 0 : norm(gram.map { dot($0, vector) }) / norm(vector)
          }
          for (vector, value) in zip(vectors, values) where value > 1e-9 * values[0] {
            #expect(relativeError(gram.map { dot($0, vector) }, vector.map { $0 * value }) < 1e-6)
            let size = (value / values[0]).squareRoot()
            #expect(abs(dot(vector, vector) / Double(points) / size - 1) < 1e-6)
          }
          #expect(abs(dot(vectors[0], vectors[1])) < 1e-6 * Double(points))
        }
      }
    }
  }

  @Test("they move the trunks and not the branch, come before the others, and are counted")
  func counts() throws {
    for (architecture, trunks) in [(Architecture.deepONet, 1), (.sepONet, 2)] {
      let network = try network(architecture)
      let before = network.values
      let reports = try fit(network, architecture) { $0.trunks = .held }
      #expect(reports.map(\.step).filter { $0 % 5 == 0 } == (1...2 * trunks + 1).map { 5 * $0 })
      #expect(reports.allSatisfy { $0.steps == 10 * trunks + 5 })
      for stack in network.stacks {
        let range = stack.parameterOffset..<stack.parameterOffset + stack.parameterCount
        #expect(network.values[range] != before[range])
      }
      let without = try self.network(architecture)
      _ = try fit(without, architecture) {
        $0.trunks = .held
        $0.trunkSteps = 0
      }
      let trunk = network.stacks[1].parameterOffset
      #expect(without.values[trunk...] == before[trunk...])
    }
  }

  @Test("every trunk comes near to its modes")
  func nears() throws {
    for architecture in [Architecture.deepONet, .sepONet] {
      let network = try network(architecture)
      let modes = try network.targetModes(data(architecture), HostMatrix(targets).array)
      func losses() throws -> [Double] {
        try modes.indices.map { axis in
          try network.standaloneTrunk(axis + 1).loss(
            .mse, NetworkData([data(architecture).arrays[axis + 1]]), targets: modes[axis].array)
        }
      }
      let before = try losses()
      _ = try fit(network, architecture) {
        $0.trunkSteps = 300
        $0.trunks = .held
        $0.schedule.learningRate = 0.01
      }
      #expect(try zip(losses(), before).allSatisfy { $0 < 0.2 * $1 })
    }
  }

  @Test("a trunk is trained with the surrogate widths that it has, and keeps those that it comes to")
  func widths() throws {
    let (narrow, wide) = (try network(.deepONet), try network(.deepONet))
    try wide.surrogateWidths.set([0.5, 0.5, 1.5])
    for network in [narrow, wide] { _ = try fit(network, .deepONet) { $0.trunks = .held } }
    #expect(wide.surrogateWidths.values == [0.5, 0.5, 1.5])
    let trunk = narrow.stacks[1].parameterOffset
    #expect(narrow.values[trunk...] != wide.values[trunk...])
    _ = try fit(wide, .deepONet) {
      $0.trunks = .held
      $0.surrogateAdaptation = .statistic
    }
    #expect(wide.surrogateWidths.values.allSatisfy { $0 != 0.5 && $0 != 1.5 })
  }

  @Test("estimators for each layer reach as far as a trunk has layers")
  func layers() throws {
    let network = try network(.deepONet)
    let reports = try fit(network, .deepONet) { $0.layerEstimators = [.spatialBackPropagation, .backPropagation] }
    #expect(reports.last?.step == 15)
  }

  @Test("functions with points of their own have no modes")
  func ownPoints() throws {
    let network = try network(.deepONet)
    let trainer = try Trainer(network) { $0.trunkSteps = 3 }
    let points = Samples(Self.functions * 30, inputs: 2, outputs: 1, seed: 5).hostInputs
    let data = NetworkData([HostMatrix(coefficients).array, points.array], points: .perSample)
    let kind = failureKind {
      _ = try trainer.fit(
        data, targets: HostMatrix(targets).array, validation: nil, progress: nil)
    }
    #expect(kind == .unsupported)
  }
}
