//! Reads clang's syntax tree (`-ast-dump=json`) line by line, and keeps what the project's files declare. Does not know where lines come from.

use std::collections::{BTreeMap, HashMap};

use super::layout::{self, Line};
use super::node::{Node, Sort};
use super::place::Places;
use super::{Declaration, DeclarationKind, Declarations, tidy};
use crate::engine::path::FilePath;

/// The tree is not what it should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unreadable {
    /// It ends before its end.
    #[error("the syntax tree that clang wrote is cut off")]
    Cut,
    /// It is something else.
    #[error("what clang wrote is no syntax tree that JMake can read; use clang 14 or newer")]
    Strange,
}

/// What is open.
enum Frame {
    /// A node that is looked at.
    Node(Box<Node>),
    /// What is in it.
    Inner,
    /// A place; whether it is that of the node.
    Place(bool),
    /// The type of a node.
    Type,
    /// What a type is defined by.
    Owned,
    /// What is of no interest, but for the places in it.
    Skipped,
}

/// Reads one tree.
pub struct Reader<'a> {
    frames: Vec<Frame>,
    places: Places<'a>,
    /// Scopes by their ids.
    scopes: HashMap<String, String>,
    found: Vec<(usize, Declaration)>,
    /// Types without a name, by their ids: a typedef may give them one.
    nameless: HashMap<String, usize>,
    ended: bool,
    strange: bool,
}

impl<'a> Reader<'a> {
    /// A reader; `wanted` says which file of the project goes by a name of clang's, if one does.
    pub fn new(wanted: impl FnMut(&str) -> Option<FilePath> + Send + 'a) -> Self {
        let places = Places::new(Box::new(wanted));
        let (frames, scopes, found, nameless) = Default::default();
        Self { frames, places, scopes, found, nameless, ended: false, strange: false }
    }

    /// Takes the next line.
    pub fn line(&mut self, line: &[u8]) {
        match layout::line(line) {
            Line::Open { key, list } => self.open(key, list),
            Line::Close => self.close(),
            Line::Value { key, value } => self.value(key, value),
            Line::Blank => {}
        }
    }

    /// What was declared, by file.
    pub fn finish(mut self) -> Result<Declarations, Unreadable> {
        if self.strange || (self.frames.is_empty() && !self.ended) {
            return Err(Unreadable::Strange);
        }
        if !self.ended {
            return Err(Unreadable::Cut);
        }
        let mut all: BTreeMap<FilePath, Vec<Declaration>> = BTreeMap::new();
        for (file, declaration) in self.found.drain(..).filter(|(_, declaration)| !declaration.name.is_empty()) {
            all.entry(self.places.files[file].clone()).or_default().push(declaration);
        }
        all.values_mut().for_each(tidy);
        Ok(all)
    }

    fn open(&mut self, key: &[u8], list: bool) {
        let frame = match (key, self.frames.last()) {
            (b"", None) if !list && !self.ended => Frame::Node(Box::default()),
            (_, None) => {
                self.strange = true;
                Frame::Skipped
            }
            (b"loc", Some(Frame::Node(_))) | (b"expansionLoc", Some(Frame::Place(true))) => Frame::Place(true),
            (b"loc" | b"begin" | b"end" | b"spellingLoc" | b"expansionLoc", _) => Frame::Place(false),
            (b"inner", Some(Frame::Node(_))) if list => self.inner(),
            (b"", Some(Frame::Inner)) if !list => Frame::Node(Box::default()),
            (b"type", Some(Frame::Node(_))) => Frame::Type,
            (b"ownedTagDecl", Some(Frame::Node(node))) if node.sort == Sort::Elaborated => Frame::Owned,
            _ => Frame::Skipped,
        };
        self.frames.push(frame);
    }

    /// What is in the node on top begins: nothing else of the node follows.
    fn inner(&mut self) -> Frame {
        let instance = self.is_instance();
        let Some(Frame::Node(node)) = self.frames.last_mut() else { return Frame::Skipped };
        // One without anything in it is defined all the same, but nobody writes one.
        node.defined |= node.sort == Sort::Enum;
        if node.sort.is_entered() && !node.implicit && !instance { Frame::Inner } else { Frame::Skipped }
    }

    /// Whether the node on top stands in a template beside its pattern: it is made from it.
    fn is_instance(&self) -> bool {
        let Some(Frame::Node(node)) = self.frames.last() else { return false };
        match self.around().map(|around| (around.sort, around.has_pattern)) {
            Some((Sort::ClassTemplate, seen)) => seen || node.sort == Sort::Specialization,
            Some((Sort::FunctionTemplate, seen)) => seen,
            _ => false,
        }
    }

    /// The node around the one on top.
    fn around(&self) -> Option<&Node> {
        self.frames.iter().rev().skip(1).find_map(|frame| match frame {
            Frame::Node(node) => Some(node.as_ref()),
            _ => None,
        })
    }

    fn value(&mut self, key: &[u8], value: &[u8]) {
        match self.frames.last_mut() {
            Some(Frame::Place(own)) => match key {
                b"file" => self.places.file(&layout::text(value).unwrap_or_default()),
                b"line" => self.places.line(layout::number(value).unwrap_or(0)),
                // Always there, and after the others.
                b"col" if *own => self.arrive(),
                _ => {}
            },
            Some(Frame::Node(node)) => node.take(key, value),
            Some(Frame::Type) if key == b"qualType" => {
                let text = layout::text(value).unwrap_or_default().into_owned();
                self.top(1).into_iter().for_each(|node| node.signature.clone_from(&text));
            }
            Some(Frame::Owned) if key == b"id" => {
                let id = layout::text(value).unwrap_or_default().into_owned();
                self.top(3).into_iter().for_each(|typedef| typedef.of.clone_from(&id));
            }
            None => self.strange = true,
            _ => {}
        }
    }

    /// The node that many frames below the top.
    fn top(&mut self, below: usize) -> Option<&mut Node> {
        let at = self.frames.len().checked_sub(below + 1)?;
        match self.frames.get_mut(at) {
            Some(Frame::Node(node)) => Some(node),
            _ => None,
        }
    }

    /// The place of the node is known.
    fn arrive(&mut self) {
        let place = self.places.last;
        let node = self.frames.iter_mut().rev().find_map(|frame| match frame {
            Frame::Node(node) => Some(node),
            _ => None,
        });
        node.into_iter().for_each(|node| node.place = Some(place));
    }

    fn close(&mut self) {
        let instance = self.is_instance();
        match self.frames.pop() {
            Some(Frame::Node(node)) => {
                self.ended = self.frames.is_empty();
                self.strange |= self.ended && node.sort != Sort::Root;
                self.left(*node, instance);
            }
            Some(_) => {}
            None => self.strange = true,
        }
    }

    /// A node is over: what it says goes to the one around it, or into what was found.
    fn left(&mut self, node: Node, instance: bool) {
        let Some(Frame::Node(around)) = self.frames.iter_mut().rev().find(|frame| matches!(frame, Frame::Node(_))) else { return };
        match node.sort {
            Sort::Body => around.defined = true,
            Sort::Argument => around.arguments.push(node.argument()),
            Sort::Parameter if around.sort == Sort::Specialization => around.parameters.push(node.parameter()),
            // Its type was defined in it.
            Sort::Elaborated => {}
            Sort::Typedef => self.named(&node),
            _ if instance || node.implicit => {}
            Sort::Record if around.sort == Sort::ClassTemplate => {
                around.has_pattern = true;
                self.found(&node, true);
            }
            Sort::Function(_) if around.sort == Sort::FunctionTemplate => {
                around.has_pattern = true;
                self.found(&node, true);
            }
            _ if before(&node, around) => {}
            _ => self.found(&node, node.partial),
        }
    }

    /// A typedef of a type without a name names it.
    fn named(&mut self, typedef: &Node) {
        let name = self.qualified(&typedef.name, "");
        let at = self.nameless.remove(&typedef.of);
        at.and_then(|at| self.found.get_mut(at)).into_iter().for_each(|(_, declaration)| declaration.name.clone_from(&name));
    }

    fn found(&mut self, node: &Node, template: bool) {
        let Some(kind) = node.declares() else { return };
        let nameless = node.name.is_empty() && kind.is_class();
        let name = self.qualified(&node.shown(), &node.of);
        if node.sort.is_scope() {
            self.scopes.insert(node.id.clone(), name.clone());
        }
        let Some((file, line)) = node.place.and_then(|place| Some((place.file?, place.line))) else { return };
        if nameless {
            self.nameless.insert(node.id.clone(), self.found.len());
        }
        let (defined, signature) =
            (node.defined || kind == DeclarationKind::Namespace, if kind.is_function() { node.signature.clone() } else { String::new() });
        let name = if nameless { String::new() } else { name };
        self.found.push((file, Declaration { line, kind, name, signature, template, defined }));
    }

    /// A name with that of the scope `of`, or of the one that is open.
    fn qualified(&self, name: &str, of: &str) -> String {
        let scope = if of.is_empty() { self.scope(self.frames.len()) } else { self.scope_of(of) };
        if scope.is_empty() { name.to_owned() } else { format!("{scope}::{name}") }
    }

    fn scope_of(&self, id: &str) -> String {
        let open = self.frames.iter().position(|frame| matches!(frame, Frame::Node(node) if node.id == id && node.sort.is_scope()));
        open.map_or_else(|| self.scopes.get(id).cloned().unwrap_or_default(), |at| self.scope(at + 1))
    }

    /// The name of the innermost scope among the first `below` frames.
    fn scope(&self, below: usize) -> String {
        let scopes = self.frames[..below].iter().filter_map(|frame| match frame {
            Frame::Node(node) if node.sort.is_scope() => Some(node),
            _ => None,
        });
        scopes.fold(String::new(), |outer, node| {
            let outer = if node.of.is_empty() { outer } else { self.scopes.get(&node.of).cloned().unwrap_or_default() };
            if outer.is_empty() { node.shown() } else { format!("{outer}::{}", node.shown()) }
        })
    }
}

/// Whether a member stands before the specialization that it is in: it is of the template that this was made from.
fn before(node: &Node, around: &Node) -> bool {
    let (Some(own), Some(class)) = (node.place, around.place) else { return false };
    around.sort == Sort::Specialization && (own.file != class.file || own.line < class.line)
}
