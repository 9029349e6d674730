//! One node of the tree, as far as it matters. Does not know where in the tree it is.

use super::DeclarationKind;
use super::layout;
use super::place::Place;

/// What a node is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Sort {
    Root,
    Namespace,
    /// `extern "C"`, `export`: what is in it counts as around it.
    Group,
    Record,
    Specialization,
    Enum,
    Function(DeclarationKind),
    ClassTemplate,
    FunctionTemplate,
    Friend,
    Typedef,
    /// A type that is written with what it is defined by.
    Elaborated,
    Argument,
    Parameter,
    Body,
    #[default]
    Other,
}

impl Sort {
    fn of(kind: &[u8]) -> Self {
        match kind {
            b"TranslationUnitDecl" => Self::Root,
            b"NamespaceDecl" => Self::Namespace,
            b"LinkageSpecDecl" | b"ExportDecl" => Self::Group,
            b"CXXRecordDecl" | b"RecordDecl" => Self::Record,
            b"ClassTemplateSpecializationDecl" | b"ClassTemplatePartialSpecializationDecl" => Self::Specialization,
            b"EnumDecl" => Self::Enum,
            b"FunctionDecl" => Self::Function(DeclarationKind::Function),
            b"CXXMethodDecl" => Self::Function(DeclarationKind::Method),
            b"CXXConstructorDecl" => Self::Function(DeclarationKind::Constructor),
            b"CXXDestructorDecl" => Self::Function(DeclarationKind::Destructor),
            b"CXXConversionDecl" => Self::Function(DeclarationKind::Conversion),
            b"ClassTemplateDecl" => Self::ClassTemplate,
            b"FunctionTemplateDecl" => Self::FunctionTemplate,
            b"FriendDecl" => Self::Friend,
            b"TypedefDecl" => Self::Typedef,
            b"ElaboratedType" => Self::Elaborated,
            b"TemplateArgument" => Self::Argument,
            b"TemplateTypeParmDecl" => Self::Parameter,
            b"CompoundStmt" | b"CXXTryStmt" => Self::Body,
            _ => Self::Other,
        }
    }

    /// Whether what is declared in it has its name before theirs.
    pub(super) fn is_scope(self) -> bool {
        matches!(self, Self::Namespace | Self::Record | Self::Specialization)
    }

    /// Whether what is in it is looked at.
    pub(super) fn is_entered(self) -> bool {
        !matches!(self, Self::Enum | Self::Elaborated | Self::Argument | Self::Parameter | Self::Body | Self::Other)
    }
}

/// A node, as far as it has been read: clang writes what is in it last.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) sort: Sort,
    pub(super) partial: bool,
    pub(super) id: String,
    pub(super) name: String,
    /// The scope that it belongs to, where that is not the one around it.
    pub(super) of: String,
    pub(super) place: Option<Place>,
    pub(super) tag: Option<DeclarationKind>,
    pub(super) signature: String,
    pub(super) implicit: bool,
    pub(super) defined: bool,
    /// Of a specialization.
    pub(super) arguments: Vec<String>,
    /// Its parameters by the names that arguments give them.
    pub(super) parameters: Vec<(String, String)>,
    position: [u32; 2],
    /// A template has been seen, and what follows in it are its instances.
    pub(super) has_pattern: bool,
}

impl Node {
    /// Takes one of its values.
    pub(super) fn take(&mut self, key: &[u8], value: &[u8]) {
        let text = || layout::text(value).unwrap_or_default().into_owned();
        match key {
            b"kind" => {
                let kind = layout::text(value).unwrap_or_default();
                self.sort = Sort::of(kind.as_bytes());
                self.partial = kind.contains("Partial");
            }
            b"id" => self.id = text(),
            b"name" => self.name = text(),
            b"parentDeclContextId" => self.of = text(),
            b"isImplicit" => self.implicit = true,
            b"completeDefinition" | b"explicitlyDefaulted" | b"explicitlyDeleted" => self.defined = true,
            b"tagUsed" => {
                self.tag = match text().as_str() {
                    "struct" => Some(DeclarationKind::Struct),
                    "union" => Some(DeclarationKind::Union),
                    _ => Some(DeclarationKind::Class),
                };
            }
            b"value" => self.name = String::from_utf8_lossy(value).into_owned(),
            b"depth" => self.position[0] = layout::number(value).unwrap_or(0),
            b"index" => self.position[1] = layout::number(value).unwrap_or(0),
            _ => {}
        }
    }

    /// What it declares.
    pub(super) fn declares(&self) -> Option<DeclarationKind> {
        match self.sort {
            Sort::Namespace => Some(DeclarationKind::Namespace),
            Sort::Record | Sort::Specialization => Some(self.tag.unwrap_or(DeclarationKind::Struct)),
            Sort::Enum => Some(DeclarationKind::Enum),
            Sort::Function(kind) => Some(kind),
            _ => None,
        }
    }

    /// Its name in the names of what is in it; arguments with the names that parameters have here.
    pub(super) fn shown(&self) -> String {
        let name = match (self.name.as_str(), self.sort) {
            ("", Sort::Namespace) => "(anonymous namespace)",
            ("", Sort::Record) => "(anonymous)",
            (name, _) => name,
        };
        if self.arguments.is_empty() {
            return name.to_owned();
        }
        let all = self.arguments.join(", ");
        let named = self.parameters.iter().fold(all, |all, (position, name)| all.replace(position, name));
        format!("{name}<{named}>")
    }

    /// What a type parameter is called in arguments, and here.
    pub(super) fn parameter(&self) -> (String, String) {
        let [depth, index] = self.position;
        (format!("type-parameter-{depth}-{index}"), self.name.clone())
    }

    /// What a template argument is, in words of the language.
    pub(super) fn argument(&self) -> String {
        [&self.signature, &self.name].into_iter().find(|text| !text.is_empty()).map_or("…", String::as_str).to_owned()
    }
}
